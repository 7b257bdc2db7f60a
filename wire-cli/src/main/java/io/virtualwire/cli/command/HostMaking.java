package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.control.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How machines are made hosts; a mixin of the commands that do. */
final class HostMaking {
    @Option(
            names = "--package",
            paramLabel = "FILE",
            description = "The package to install there; default: the newest that packaging/deb.sh made, or in"
                    + " /usr/share/virtualwire. Hosts that share this machine's files need none.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = DurationText.class,
            description = "How long to wait for what takes its time, as 90s or 10m; default: ${DEFAULT-VALUE}.")
    private Duration patience = Duration.ofMinutes(10);

    @Option(names = "--keep", description = "Leave what comes to nothing as it is, to be looked at.")
    private boolean keep;

    @Option(
            names = "--no-vms",
            description = "No virtual machines are to run there: libvirt and QEMU are not installed, KVM is not tried.")
    private boolean withoutVms;

    boolean vms() {
        return !withoutVms;
    }

    int make(PersonHosts hosts, List<HostRecord> wanted, Output output) {
        boolean nodes = wanted.stream().anyMatch(record -> record.wanted().node());
        List<String> fabric = nodes ? hosts.fabric(wanted) : List.of();
        Map<String, WireException> failed =
                hosts.hosts().make(wanted, fabric, file, patience, keep, new HostSteps(output));
        List<HostRecord> made = wanted.stream()
                .flatMap(record -> hosts.records().find(record.name()).stream())
                .filter(record -> !failed.containsKey(record.name()))
                .toList();
        hosts.introduce(made);
        failed.forEach((name, why) -> output.warn("host " + name, why));
        if (!made.isEmpty() || failed.isEmpty()) {
            output.print(made, out -> {
                Table table = new Table("HOST", "CLOUD", "ADDRESS", "MTU", "KVM");
                made.forEach(it -> table.row(
                        it.name(),
                        it.cloud(),
                        String.valueOf(it.facts().address()),
                        it.facts().mtu(),
                        it.facts().kvm() == null ? "-" : it.facts().kvm()));
                table.print(out);
            });
        }
        return failed.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
}
