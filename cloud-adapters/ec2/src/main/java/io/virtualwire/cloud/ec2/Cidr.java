package io.virtualwire.cloud.ec2;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.Inet6Address;
import java.net.InetAddress;

/** A block of addresses in the notation of RFC 4632, such as 192.0.2.0/24. */
record Cidr(InetAddress address, int bits) {
    static Cidr of(InetAddress one) {
        return new Cidr(one, one.getAddress().length * 8);
    }

    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int most = address.getAddress().length * 8;
            int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= most) {
                return new Cidr(address, bits);
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw new WireException(
                ErrorCode.BAD_REQUEST, "'" + text + "' is no block of addresses", "write one such as 203.0.113.7/32");
    }

    boolean six() {
        return address instanceof Inet6Address;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + bits;
    }
}
