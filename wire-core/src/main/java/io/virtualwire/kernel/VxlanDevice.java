package io.virtualwire.kernel;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
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

    /** Makes it, closed, if it is not there; gives its index. */
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
        } else {
            refuseAnothers(device);
        }
        return interfaces.index(device);
    }

    /** Lets frames in, for which the program must be there: what it does not take the host's own stack would get. */
    void open() {
        interfaces.up(config.device());
    }

    private void refuseAnothers(String device) {
        String found = interfaces.ip("-d", "-o", "link", "show", "dev", device);
        if (!found.contains("vxlan external") || !found.contains("dstport " + config.port() + " ")) {
            throw new WireException(
                    ErrorCode.IN_USE,
                    "the interface " + device + " is there, and is no external VXLAN device with port " + config.port(),
                    "rename it, or choose another name or port for kernel wires");
        }
    }

    /** Deletes it if it was made here. */
    void undo() {
        if (isNew) {
            interfaces.delete(config.device());
        }
    }
}
