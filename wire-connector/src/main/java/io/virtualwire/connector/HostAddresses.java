package io.virtualwire.connector;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Stream;

/** Under which addresses this host thinks it can be reached by others. */
final class HostAddresses {
    private HostAddresses() {}

    /** The address listened on; if that is all of them, each that is not for this host or link alone, IPv4 first. */
    static List<String> reachableAt(String listen) {
        try {
            InetAddress bound = InetAddress.getByName(listen);
            if (!bound.isAnyLocalAddress()) {
                return List.of(bound.getHostAddress());
            }
            return NetworkInterface.networkInterfaces()
                    .filter(HostAddresses::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(it -> !it.isLoopbackAddress() && !it.isLinkLocalAddress())
                    .sorted((a, b) -> Boolean.compare(b instanceof Inet4Address, a instanceof Inet4Address))
                    .flatMap(it -> Stream.of(it.getHostAddress().replaceAll("%.*", "")))
                    .toList();
        } catch (java.io.IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot tell this host's addresses: " + e.getMessage(),
                    "give one of them with --listen",
                    e);
        }
    }

    private static boolean isUp(NetworkInterface device) {
        try {
            return device.isUp();
        } catch (SocketException e) {
            return false;
        }
    }
}
