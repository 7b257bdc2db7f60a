package io.virtualwire.cli.provision;

import io.virtualwire.cloud.libvirt.LibvirtScript;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostService;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.Services;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Libvirt on a host: the distribution's where systemd runs it, else one that is kept running as our daemons are. */
final class LibvirtThere {
    /** Where libvirt answers by TLS, and through which memory of machines goes, too. */
    static final int PORT = 16_514;

    /** Where libvirt has its credentials on every host, as it sees that host's files. */
    static final String PEERS = "/etc/libvirt/pki";

    private static final Duration MOMENT = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int LINES = 12;
    /* The distribution's name for it. */
    private static final String UNIT = "libvirtd";
    private static final String CHANGED = "changed";

    private final HostShell shell;
    private final String host;
    private boolean changed;

    LibvirtThere(HostShell shell, String host) {
        this.shell = shell;
        this.host = host;
    }

    /** Where its credentials are, the superuser's alone. */
    String folder() {
        return shell.layout().configuration() + "/libvirt";
    }

    String credentials() {
        return folder() + "/host.wire";
    }

    /** Where a libvirt without systemd has its files. */
    private String place() {
        return shell.layout().state() + "/libvirt";
    }

    /** Whether there is one. */
    boolean isInstalled() {
        return shell.run(MOMENT, List.of("sh", "-c", "command -v libvirtd && command -v virsh"))
                .succeeded();
    }

    /** Has it issued anew. */
    void forgetCredentials() {
        require(
                "forget its credentials",
                shell.run(
                        MOMENT,
                        List.of(
                                "sh",
                                "-c",
                                "umask 077; mkdir -p -- \"$1\" && rm -f -- \"$2\"",
                                "sh",
                                folder(),
                                credentials())));
    }

    /** Gives the credentials to whoever is to use them: libvirt, and a node. */
    void use(boolean libvirt, boolean node) {
        CommandResult result = script(shell, "open", libvirt, node);
        require("have libvirt use its credentials", result);
        changed = result.output().lines().anyMatch(CHANGED::equals);
    }

    /** Has it run, and read what has changed. */
    void serve(String address) {
        String script = place() + "/libvirtd.sh";
        HostService service = new HostService(
                UNIT,
                List.of(
                        "env",
                        "HOST_NAME=" + host,
                        "LISTEN=tls",
                        "ALLOWED=*CN=" + HypervisorStep.member("*"),
                        "bash",
                        script,
                        place(),
                        address));
        shell.put(script, 0700, LibvirtScript.daemon());
        Services services = shell.services();
        if (changed) {
            services.restart(service);
        } else {
            services.start(service);
        }
    }

    /** Whether it answers who has credentials; one that has just begun finds out first what QEMU can. */
    boolean awaitAnswer(String address) {
        Services services = shell.services();
        if (!services.running(UNIT)) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    UNIT + " does not run: " + services.log(UNIT, LINES).strip(),
                    "see its log on that host, or ask for a host without virtual machines: --no-vms");
        }
        String uri = "qemu+tls://" + bracketed(address) + "/system?pkipath=" + folder();
        CommandResult answer = shell.run(MOMENT, List.of("timeout", "10", "virsh", "-q", "-c", uri, "version"));
        if (!answer.succeeded()) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "libvirt there does not answer at " + uri + ": "
                            + answer.output().strip(),
                    "see its log on that host, or ask for a host without virtual machines: --no-vms");
        }
        return true;
    }

    static String bracketed(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    /** Takes back what was done to a machine that stays; its guests go on. */
    static void close(HostShell shell) {
        CommandResult result = script(shell, "close", true, true);
        if (result.output().lines().noneMatch("systemd"::equals)) {
            shell.services().stop(UNIT);
        }
    }

    private static CommandResult script(HostShell shell, String action, boolean libvirt, boolean node) {
        return shell.run(
                LIMIT,
                List.of(
                        "sh",
                        "-c",
                        text(),
                        "hypervisor",
                        action,
                        shell.layout().configuration() + "/libvirt",
                        libvirt ? shell.layout().state() + "/libvirt/etc/pki" : "",
                        node ? shell.layout().state() + "/pki" : "",
                        shell.layout().shared() ? "" : WireThere.USER));
    }

    static String text() {
        try (InputStream script = LibvirtThere.class.getResourceAsStream("hypervisor.sh")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void require(String what, CommandResult result) {
        if (!result.succeeded()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot " + what + " on " + host + ": " + result.output().strip(),
                    "mend that there, or ask for a host without virtual machines: --no-vms");
        }
    }
}
