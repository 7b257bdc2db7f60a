package io.virtualwire.kernel;

import io.virtualwire.linux.InterfaceControl;

/**
 * The one VXLAN device, to which each frame says where it goes ({@code external}).
 *
 * <p>It has no address and learns none. The kernel takes its frames and asks the underlay's routes; its own MTU is that of
 * whatever endpoint, because the endpoints' are checked.
 */
final class VxlanDevice {
    private static final int MTU = 65_000;

    private final CrossConnectConfig config;
    private final InterfaceControl interfaces;
    private boolean isNew;

    VxlanDevice(CrossConnectConfig config, InterfaceControl interfaces) {
        this.config = config;
        this.interfaces = interfaces;
    }

    /** Makes it if it is not there; gives its index. */
    int ensure() {
        String device = config.device();
        if (!interfaces.exists(device)) {
            interfaces.ip(
                    "link",
                    "add",
                    "name",
                    device,
                    "type",
                    "vxlan",
                    "external",
                    "nolearning",
                    "dstport",
                    Integer.toString(config.port()));
            isNew = true;
            // An address of its own would make the host's stack speak there.
            interfaces.ip("link", "set", "dev", device, "addrgenmode", "none");
            interfaces.mtu(device, MTU);
        }
        interfaces.up(device);
        return interfaces.index(device);
    }

    /** Deletes it if it was made here. */
    void undo() {
        if (isNew) {
            interfaces.delete(config.device());
        }
    }
}
