package io.virtualwire.kernel;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.InterfaceControl;
import java.net.InetAddress;
import java.util.List;

/** Whether what a guest may send fits, encapsulated, into what the underlay carries whole. */
final class UnderlayMtu {
    /** Ethernet of the guest, VXLAN, UDP, IPv4. */
    static final int OVERHEAD = 14 + 8 + 8 + 20;

    private final InterfaceControl interfaces;

    UnderlayMtu(InterfaceControl interfaces) {
        this.interfaces = interfaces;
    }

    void check(String device, InetAddress peer) {
        int guest = interfaces.mtu(device);
        int underlay = towards(peer);
        if (guest + OVERHEAD > underlay) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "the MTU of " + device + ", " + guest + ", and " + OVERHEAD
                            + " bytes of encapsulation exceed the underlay's " + underlay + " towards "
                            + peer.getHostAddress(),
                    "set the guest's MTU to at most " + (underlay - OVERHEAD)
                            + ", raise the underlay's, or use the user backend");
        }
    }

    /* "192.0.2.2 dev eth0 src 192.0.2.1 uid 0 \    cache mtu 1400", the last part only if the route has an MTU of its own. */
    private int towards(InetAddress peer) {
        List<String> words = List.of(interfaces
                .ip("-o", "route", "get", peer.getHostAddress())
                .strip()
                .split("[\\s\\\\]+"));
        int mtu = words.indexOf("mtu");
        if (mtu > 0 && mtu + 1 < words.size()) {
            return Integer.parseInt(words.get(mtu + 1));
        }
        return interfaces.mtu(words.get(words.indexOf("dev") + 1));
    }
}
