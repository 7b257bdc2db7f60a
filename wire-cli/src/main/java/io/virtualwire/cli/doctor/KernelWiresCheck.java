package io.virtualwire.cli.doctor;

import io.virtualwire.control.WireException;
import io.virtualwire.kernel.CrossConnect;
import io.virtualwire.kernel.CrossConnectConfig;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the device, programs and maps of kernel wires in a network namespace of its own, and takes them away again. */
public final class KernelWiresCheck {
    private static final String SUBJECT = "kernel wires";
    private static final String OTHERWISE = "leave 'kernel-wires' out of the connector's file: all else works without";
    private static final String GUEST = "guest";

    public Finding run() {
        InterfaceControl host = new InterfaceControl(NetworkNamespace.own());
        String name = "wire-doctor-" + ProcessHandle.current().pid();
        try {
            host.ip("netns", "add", name);
        } catch (WireException e) {
            return Finding.warn(
                    SUBJECT, "not tried: " + e.getMessage(), "run it as root to see whether this kernel has them");
        }
        try {
            return tryIn(new NetworkNamespace(name));
        } catch (WireException e) {
            return Finding.refused(SUBJECT, Verdict.WARN, e, OTHERWISE);
        } catch (IOException e) {
            return Finding.warn(
                    SUBJECT, "not tried: " + e.getMessage(), "make room in " + System.getProperty("java.io.tmpdir"));
        } finally {
            host.ip("netns", "delete", name);
        }
    }

    private static Finding tryIn(NetworkNamespace namespace) throws IOException {
        Path folder = Files.createTempDirectory("wire-doctor");
        try {
            InterfaceControl inside = new InterfaceControl(namespace);
            inside.ip("link", "add", GUEST, "type", "veth", "peer", "name", "host");
            CrossConnect made = CrossConnect.open(new CrossConnectConfig(
                    namespace, CrossConnectConfig.DEFAULT_DEVICE, CrossConnectConfig.DEFAULT_PORT, folder));
            try {
                made.occupy(GUEST);
            } finally {
                made.demolish();
            }
            return Finding.ok(SUBJECT, "the kernel has VXLAN, eBPF at tc and what else they take");
        } finally {
            Files.deleteIfExists(folder);
        }
    }
}
