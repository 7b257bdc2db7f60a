package io.virtualwire.cli.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cli.provision.HostRecords;
import io.virtualwire.cli.provision.Step;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.HostAddress;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code wire host …}. */
@Command(
        name = "host",
        description =
                "The hosts you talk of by name: launched in a cloud, made of a machine of yours, or only noted. A name that is not"
                        + " noted is looked up as an address.",
        subcommands = {
            HostLaunchCommand.class,
            HostAddCommand.class,
            HostDrainCommand.class,
            HostExecCommand.class,
            HostRemoveCommand.class,
            HostUserDataCommand.class
        })
public final class HostCommand {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Listed(
            String name, @Nullable String address, @Nullable String cloud, String state) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Shown(
            String name,
            @Nullable String address,
            @Nullable HostRecord record,
            @Nullable CloudHost machine,
            List<CloudResource> resources,
            @Nullable ConnectorHealth connector) {}

    @Command(name = "ls", description = "List the hosts.")
    int list(@Mixin Person person, @Mixin Output output) {
        SortedMap<String, HostAddress> noted = person.hosts().all();
        HostRecords records = new HostRecords(person.home());
        TreeSet<String> names = new TreeSet<>(noted.keySet());
        records.all().forEach(record -> names.add(record.name()));
        List<Listed> all = new ArrayList<>();
        for (String name : names) {
            // A name that was only noted need not be one that a record could have.
            Optional<HostRecord> record =
                    records.all().stream().filter(it -> it.name().equals(name)).findFirst();
            HostAddress address = noted.get(name);
            all.add(new Listed(
                    name,
                    address == null ? record.map(it -> it.facts().address()).orElse(null) : address.toString(),
                    record.map(HostRecord::cloud).orElse(null),
                    record.map(HostCommand::state).orElse("noted")));
        }
        output.print(all, out -> {
            Table table = new Table("HOST", "ADDRESS", "CLOUD", "STATE");
            all.forEach(it -> table.row(it.name(), text(it.address()), text(it.cloud()), it.state()));
            table.print(out);
        });
        return ExitCode.OK;
    }

    private static String state(HostRecord record) {
        Step reached = record.reached();
        return reached == Step.READY ? "ready" : reached == null ? "begun" : "begun, " + reached;
    }

    @Command(
            name = "show",
            description = "Show a host: what is noted of it, what its cloud says, how its connector does.")
    int show(
            @Parameters(paramLabel = "NAME", description = "What you call it.") String name,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        PersonHosts hosts = new PersonHosts(person, node, output);
        HostAddress address = person.hosts().all().get(name);
        Optional<HostRecord> record = hosts.records().all().stream()
                .filter(it -> it.name().equals(name))
                .findFirst();
        if (address == null && record.isEmpty()) {
            throw new WireException(ErrorCode.NOT_FOUND, "there is no host " + name, "see 'wire host ls'");
        }
        Optional<CloudHost> machine = Optional.empty();
        List<CloudResource> resources = List.of();
        if (record.isPresent()) {
            try (CloudAdapter cloud = hosts.clouds().open(record.get().cloud())) {
                machine = cloud.hosts().stream()
                        .filter(it -> it.name().equals(name))
                        .findFirst();
                resources = cloud.resources().stream()
                        .filter(it -> name.equals(it.host()))
                        .toList();
            }
        }
        Optional<ConnectorHealth> connector = address == null ? Optional.empty() : health(person, name, output);
        Shown shown = new Shown(
                name,
                address == null ? null : address.toString(),
                record.orElse(null),
                machine.orElse(null),
                resources,
                connector.orElse(null));
        output.print(shown, out -> {
            Table table = new Table("WHAT", "VALUE");
            rows(shown).forEach(table::row);
            table.print(out);
        });
        return ExitCode.OK;
    }

    private static Optional<ConnectorHealth> health(Person person, String name, Output output) {
        try (ConnectorClient client = person.connector(name)) {
            return Optional.of(client.health());
        } catch (WireException e) {
            output.warn("the connector of " + name, e);
            return Optional.empty();
        }
    }

    private static Map<String, Object> rows(Shown shown) {
        Map<String, Object> rows = new LinkedHashMap<>();
        rows.put("host", shown.name());
        rows.put("connector", text(shown.address()));
        HostRecord record = shown.record();
        if (record != null) {
            rows.put("cloud", record.cloud());
            rows.put("state", state(record));
            rows.put("machine", text(record.facts().id()));
            rows.put("path MTU", record.facts().mtu());
            rows.put("KVM", text(record.facts().kvm()));
            rows.put("package", text(record.facts().version()));
            rows.put("node", record.wanted().node() ? "yes" : "no");
        }
        CloudHost machine = shown.machine();
        if (machine != null) {
            rows.put(
                    "the cloud says",
                    machine.state() + " at " + machine.address().getHostAddress());
        } else if (record != null) {
            rows.put("the cloud says", "there is none of that name");
        }
        ConnectorHealth connector = shown.connector();
        if (connector != null) {
            rows.put(
                    "it says",
                    connector.identity() + ", " + connector.status() + ", " + connector.endpoints() + " endpoints, "
                            + connector.wires() + " wires" + (connector.draining() ? ", takes nothing new" : ""));
        }
        return rows;
    }

    private static String text(@Nullable String value) {
        return value == null ? "-" : value;
    }
}
