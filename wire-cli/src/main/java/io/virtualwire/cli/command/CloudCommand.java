package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.cli.provision.CloudBook;
import io.virtualwire.cli.provision.CloudEntry;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cli.provision.HostRecords;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.CloudType;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire cloud …}. */
@Command(
        name = "cloud",
        description = "The clouds in which you have hosts.",
        subcommands = {CloudAddCommand.class, CloudEmptyCommand.class, CloudRefreshCommand.class})
public final class CloudCommand {
    private static final BigDecimal HOURS_A_MONTH = new BigDecimal(730);

    private final WireHome home = WireHome.of(System.getenv());

    /** Gives {@code wire cloud add} the options of every type of cloud that there is: picocli has no annotation for what is found. */
    public static void complete(CommandLine cloud) {
        CloudSettings.addTo(
                Objects.requireNonNull(cloud.getSubcommands().get("add")).getCommandSpec());
    }

    record Listed(String name, String type, Map<String, String> settings, int hosts) {}

    private record Type(String type, List<String> options) {}

    private record Shown(
            String name,
            String type,
            Map<String, String> settings,
            List<CloudHost> hosts,
            List<CloudResource> resources,
            BigDecimal dollarsPerHour,
            Optional<BigDecimal> dollarsPerHourOfAnother) {}

    private record Removed(String name, boolean removed) {}

    @Command(name = "ls", description = "List the clouds that were added.")
    int list(
            @Option(names = "--types", description = "List the types of cloud that there are, and their options.")
                    boolean types,
            @Mixin Output output) {
        if (types) {
            List<Type> all = CloudSettings.types().all().stream()
                    .map(type -> new Type(type.type(), options(type)))
                    .toList();
            output.print(all, out -> {
                Table table = new Table("TYPE", "OPTIONS");
                all.forEach(it -> table.row(it.type(), String.join(" ", it.options())));
                table.print(out);
            });
            return ExitCode.OK;
        }
        Map<String, Long> hosts = new HostRecords(home)
                .all().stream().collect(Collectors.groupingBy(HostRecord::cloud, Collectors.counting()));
        List<Listed> all = book().all().entrySet().stream()
                .map(it -> new Listed(
                        it.getKey(),
                        it.getValue().type(),
                        it.getValue().settings(),
                        hosts.getOrDefault(it.getKey(), 0L).intValue()))
                .toList();
        output.print(all, out -> {
            Table table = new Table("CLOUD", "TYPE", "HOSTS", "SETTINGS");
            all.forEach(it -> table.row(it.name(), it.type(), it.hosts(), settings(it.settings())));
            table.print(out);
        });
        return ExitCode.OK;
    }

    private static List<String> options(CloudType type) {
        return type.settings().stream()
                .map(it -> "--" + it.name() + " " + it.label())
                .toList();
    }

    @Command(name = "show", description = "Show what is in a cloud, by what the cloud itself says, and what it costs.")
    int show(@Parameters(paramLabel = "NAME", description = "The cloud.") String name, @Mixin Output output) {
        CloudEntry entry = known(name);
        try (CloudAdapter cloud = book().open(name)) {
            List<CloudResource> resources = cloud.resources();
            BigDecimal hourly = resources.stream()
                    .map(CloudResource::dollarsPerHour)
                    .filter(Objects::nonNull)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            Shown shown = new Shown(
                    name, entry.type(), entry.settings(), cloud.hosts(), resources, hourly, cloud.dollarsPerHour());
            output.print(shown, out -> {
                out.println(name + " is of type " + entry.type()
                        + (entry.settings().isEmpty() ? "" : " with " + settings(entry.settings())));
                Table hosts = new Table("HOST", "STATE", "ADDRESS", "TYPE", "ID");
                shown.hosts()
                        .forEach(it -> hosts.row(
                                it.name(), it.state(), it.address().getHostAddress(), text(it.type()), it.id()));
                hosts.print(out);
                out.println();
                Table made = new Table("RESOURCE", "ID", "HOST", "USD/HOUR");
                resources.forEach(it -> made.row(it.kind(), it.id(), text(it.host()), text(it.dollarsPerHour())));
                made.print(out);
                out.println("estimated: " + hourly + " USD an hour, "
                        + hourly.multiply(HOURS_A_MONTH).setScale(2, RoundingMode.HALF_UP)
                        + " USD a month while all of it exists"
                        + (resources.stream().anyMatch(it -> it.dollarsPerHour() == null)
                                ? ", and what is not known"
                                : ""));
                shown.dollarsPerHourOfAnother()
                        .ifPresent(another -> out.println("another host: " + another + " USD an hour"));
            });
        }
        return ExitCode.OK;
    }

    @Command(
            name = "rm",
            description = "Forget a cloud; refused while it has hosts. Succeeds if there is none of that name.")
    int remove(@Parameters(paramLabel = "NAME", description = "The cloud.") String name, @Mixin Output output) {
        List<String> hosts = new HostRecords(home)
                .all().stream()
                        .filter(host -> host.cloud().equals(name))
                        .map(HostRecord::name)
                        .toList();
        if (!hosts.isEmpty()) {
            throw new WireException(
                    ErrorCode.IN_USE,
                    "cannot forget cloud " + name + ": it has " + String.join(", ", hosts),
                    "remove them first, with 'wire host rm'");
        }
        if (book().find(name).isPresent()) {
            try (CloudAdapter cloud = book().open(name)) {
                List<String> left = cloud.hosts().stream().map(CloudHost::name).toList();
                if (!left.isEmpty()) {
                    throw new WireException(
                            ErrorCode.IN_USE,
                            "cannot forget cloud " + name + ": the cloud says that there is " + String.join(", ", left)
                                    + ", of which nothing is noted here",
                            "remove it with 'wire cloud empty " + name + "'");
                }
            }
        }
        boolean removed = book().remove(name);
        output.print(
                new Removed(name, removed),
                out -> out.println(removed ? "cloud " + name + " is forgotten" : "there was no cloud " + name));
        return ExitCode.OK;
    }

    private CloudBook book() {
        return new CloudBook(home, CloudSettings.types());
    }

    private CloudEntry known(String name) {
        return book().find(name)
                .orElseThrow(() ->
                        new WireException(ErrorCode.NOT_FOUND, "there is no cloud " + name, "see 'wire cloud ls'"));
    }

    private static String settings(Map<String, String> settings) {
        return settings.isEmpty()
                ? "-"
                : new TreeMap<>(settings)
                        .entrySet().stream()
                                .map(it -> "--" + it.getKey() + " " + it.getValue())
                                .collect(Collectors.joining(" "));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }
}
