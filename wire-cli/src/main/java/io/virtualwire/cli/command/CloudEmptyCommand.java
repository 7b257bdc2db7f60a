package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code wire cloud empty}. */
@Command(
        name = "empty",
        description = {
            "Remove everything that was made in a cloud, whatever lives there: what is noted here, and what the cloud itself says that"
                    + " was made under this name, also by somebody else or by a run that was killed.",
            "Asks the cloud afterwards, and ends with status 1 and a list if anything is left. The cloud stays noted: 'wire cloud rm' forgets it."
        },
        footerHeading = "%nExamples:%n",
        footer = "  wire cloud empty home")
final class CloudEmptyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The cloud.")
    private String name;

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    private record Emptied(String name, List<String> removed, List<CloudResource> left) {}

    @Override
    public Integer call() {
        PersonHosts hosts = new PersonHosts(person, node, output);
        Map<String, HostRecord> noted = hosts.records().all().stream()
                .filter(record -> record.cloud().equals(name))
                .collect(Collectors.toMap(HostRecord::name, Function.identity()));
        try (CloudAdapter cloud = hosts.clouds().open(name)) {
            TreeSet<String> names = new TreeSet<>(noted.keySet());
            cloud.hosts().stream().map(CloudHost::name).forEach(names::add);
            cloud.resources().stream()
                    .map(CloudResource::host)
                    .filter(Objects::nonNull)
                    .forEach(names::add);
            names.forEach(host -> remove(hosts, cloud, host, noted.get(host)));
            List<CloudResource> left = cloud.resources();
            output.print(
                    new Emptied(name, List.copyOf(names), left),
                    out -> out.println(names.isEmpty() ? "nothing was there" : "removed: " + String.join(", ", names)));
            if (!left.isEmpty()) {
                throw new WireException(
                        ErrorCode.IN_USE,
                        "cloud " + name + " is not empty: "
                                + left.stream()
                                        .map(it -> it.kind() + " " + it.id())
                                        .collect(Collectors.joining(", ")),
                        "the same command tries again; else remove it with the cloud's own tools");
            }
            return ExitCode.OK;
        }
    }

    /* What costs goes first of all: also where credentials cannot be taken back, or a fabric cannot be told. */
    private void remove(PersonHosts hosts, CloudAdapter cloud, String host, @Nullable HostRecord noted) {
        output.progress("removing " + host);
        if (noted != null) {
            try {
                hosts.hosts().remove(noted);
                return;
            } catch (WireException e) {
                output.warn("what is noted of " + host, e);
            }
        }
        try {
            cloud.remove(host);
        } catch (WireException e) {
            output.warn("host " + host, e);
        }
    }
}
