package io.virtualwire.connector.admission;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A block of underlay addresses, written {@code 192.0.2.0/24} or {@code 2001:db8::/32}. */
record AddressBlock(byte[] network, int prefixBits) {

    @JsonCreator
    static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        try {
            byte[] network = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                    .getAddress();
            int bits = slash < 0 ? network.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= network.length * 8) {
                return new AddressBlock(network, bits);
            }
        } catch (IllegalArgumentException e) {
            throw refused(text, e);
        }
        throw refused(text, null);
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = prefixBits / 8;
        int rest = prefixBits % 8;
        int mask = 0xff << (8 - rest) & 0xff;
        return Arrays.equals(bytes, 0, whole, network, 0, whole)
                && (rest == 0 || (bytes[whole] & mask) == (network[whole] & mask));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressBlock block
                && prefixBits == block.prefixBits
                && Arrays.equals(network, block.network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + prefixBits;
    }

    private static WireException refused(String text, @Nullable Throwable cause) {
        return new WireException(
                ErrorCode.BAD_REQUEST,
                "'" + text + "' is not a block of addresses",
                "write 192.0.2.0/24 or 2001:db8::/32",
                cause == null ? new IllegalArgumentException(text) : cause);
    }
}
