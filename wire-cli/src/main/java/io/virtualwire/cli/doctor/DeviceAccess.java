package io.virtualwire.cli.doctor;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a connector needs of its machine to hold any device at all; asked before it touches anything. */
public final class DeviceAccess {
    private static final Path CLONE_DEVICE = Path.of("/dev/net/tun");

    private final Path device;
    private final boolean administers;

    /** Of this process. */
    public DeviceAccess() {
        this(CLONE_DEVICE, HostChecks.administersNetworks());
    }

    /** @param administers whether the process has CAP_NET_ADMIN */
    DeviceAccess(Path device, boolean administers) {
        this.device = device;
        this.administers = administers;
    }

    /** Throws {@link ErrorCode#SYSTEM} if there is none. */
    public void require() {
        if (!Files.exists(device)) {
            throw missing(
                    "there is no " + device,
                    "modprobe tun; in a container, start it with that device (--device " + CLONE_DEVICE + ")");
        }
        if (!administers) {
            throw missing(
                    "this process has no CAP_NET_ADMIN",
                    "run it as root, or as packaging/systemd/virtualwire-connector.service does; see docs/operations.md");
        }
        if (!Files.isReadable(device) || !Files.isWritable(device)) {
            throw missing(
                    "permission denied to open " + device,
                    "chmod 0666 " + device
                            + ", which is how udev makes it; CAP_NET_ADMIN still decides who makes devices");
        }
    }

    private static WireException missing(String what, String hint) {
        return new WireException(
                ErrorCode.SYSTEM, "cannot run a connector: " + what + ", so it could hold no interface", hint);
    }
}
