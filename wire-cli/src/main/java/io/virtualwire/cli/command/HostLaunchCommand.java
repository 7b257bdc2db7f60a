package io.virtualwire.cli.command;

import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cli.provision.Step;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire host launch}. */
@Command(
        name = "launch",
        description = {
            "Launch hosts in a cloud, each with a running connector that is a member of your tenant.",
            "Whatever cuts it short, the same command goes on. A host that comes to nothing is removed with all that was made for it."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire host launch --cloud home --count 2", "  wire host launch --cloud home --count 3 --with-node"})
final class HostLaunchCommand implements Callable<Integer> {
    @Option(names = "--cloud", required = true, paramLabel = "CLOUD", description = "As 'wire cloud ls' lists it.")
    private String cloud;

    @Option(names = "--type", paramLabel = "TYPE", description = "The cloud's word for a size; default: the cloud's.")
    private Optional<String> type = Optional.empty();

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many; default: ${DEFAULT-VALUE}.")
    private int count = 1;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What one is called, or how the names of several begin; default: as the cloud.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--with-node",
            description =
                    "Run a node on each, too. They join your fabric if you have one; else all of one command found one, so three is a"
                            + " good number.")
    private boolean node;

    @Mixin
    private HostMaking making = new HostMaking();

    @Mixin
    private NodeOption nodes = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        if (count < 1 || count > 64) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "cannot launch " + count + " hosts at once", "use --count 1 to 64");
        }
        PersonHosts hosts = new PersonHosts(person, nodes, output);
        HostRecord.Wanted wanted = new HostRecord.Wanted(null, type.orElse(null), node, making.vms());
        List<HostRecord> chosen = chosen(hosts, wanted);
        return making.make(hosts, chosen, output);
    }

    /** Those that were begun and are not ready, then new ones. */
    private List<HostRecord> chosen(PersonHosts hosts, HostRecord.Wanted wanted) {
        List<HostRecord> all = hosts.records().all();
        if (name.isPresent() && count == 1) {
            HostRecord.requireName(name.get());
            return List.of(named(all, name.get(), wanted));
        }
        String stem = name.orElse(cloud);
        List<HostRecord> chosen = new ArrayList<>(all.stream()
                .filter(record -> record.cloud().equals(cloud)
                        && record.wanted().equals(wanted)
                        && record.name().startsWith(stem + "-")
                        && !record.isPast(Step.READY))
                .limit(count)
                .toList());
        Set<String> taken = new HashSet<>(all.stream().map(HostRecord::name).toList());
        taken.addAll(person.hosts().all().keySet());
        for (int number = 1; chosen.size() < count; number++) {
            String free = HostRecord.requireName(stem + "-" + number);
            if (!taken.contains(free)) {
                chosen.add(HostRecord.begun(free, cloud, wanted));
            }
        }
        return chosen;
    }

    private HostRecord named(List<HostRecord> all, String one, HostRecord.Wanted wanted) {
        Optional<HostRecord> known =
                all.stream().filter(record -> record.name().equals(one)).findFirst();
        if (known.isPresent()
                && !(known.get().cloud().equals(cloud) && known.get().wanted().equals(wanted))) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    "host " + one + " is there already, in cloud " + known.get().cloud()
                            + ", and not as is asked for now",
                    "choose another name, or remove it with 'wire host rm " + one + "'");
        }
        if (known.isEmpty() && person.hosts().all().containsKey(one)) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    "a host called " + one + " is noted already, and was not launched from here",
                    "choose another name, or forget it with 'wire host rm " + one + "'");
        }
        return known.orElseGet(() -> HostRecord.begun(one, cloud, wanted));
    }
}
