package io.virtualwire.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks the libvirt daemon of this host for its version. */
public final class LibvirtCheck {
    private static final String SUBJECT = "libvirt";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String FOR_VMS = "; only moving VMs needs it";

    private final String client;
    private final String uri;

    public LibvirtCheck() {
        this("virsh", "qemu:///system");
    }

    LibvirtCheck(String client, String uri) {
        this.client = client;
        this.uri = uri;
    }

    public Finding run() {
        Process asked;
        try {
            asked = new ProcessBuilder(client, "--connect", uri, "--readonly", "version")
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException absent) {
            return Finding.warn(SUBJECT, "no " + client, "install libvirt-daemon-system and libvirt-clients" + FOR_VMS);
        }
        try {
            if (!asked.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                asked.destroyForcibly();
                return Finding.warn(SUBJECT, uri + " does not answer", "restart libvirtd" + FOR_VMS);
            }
            String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .replaceAll("\\s*\\R\\s*", ", ");
            return asked.exitValue() == 0
                    ? Finding.ok(SUBJECT, said)
                    : Finding.warn(SUBJECT, uri + ": " + said, "start libvirtd, or join group libvirt" + FOR_VMS);
        } catch (IOException e) {
            return Finding.warn(SUBJECT, uri + ": " + e.getMessage(), "try again");
        } catch (InterruptedException e) {
            asked.destroyForcibly();
            Thread.currentThread().interrupt();
            return Finding.warn(SUBJECT, "interrupted", "try again");
        }
    }
}
