package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.provision.AddressChange;
import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cli.provision.Hosts;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire cloud refresh}. */
@Command(
        name = "refresh",
        description = {
            "Follow hosts that have another address, as after one was stopped and started or given an Elastic IP: the clouds are asked,"
                    + " security groups let the new one in, wires go there, the fabric and what is noted here have it.",
            "Hypervisors of hosts have their certificates issued anew when a third of their time is left.",
            "May be repeated; what could not be told is told the next time."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire cloud refresh aws", "  wire cloud refresh --every 30s"})
final class CloudRefreshCommand implements Callable<Integer> {
    /** How long a libvirt may take that was started again. */
    private static final Duration ANSWER = Duration.ofMinutes(1);

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The cloud; default: all that have hosts.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "Ask again and again with that pause, as 30s or 5m, until it is ended; default: once.")
    private Optional<Duration> every = Optional.empty();

    @Mixin
    private NodeOption node = new NodeOption();

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    private record Followed(String host, String from, String to, int wires) {}

    @Override
    public Integer call() throws InterruptedException {
        PersonHosts hosts = new PersonHosts(person, node, output);
        if (name.isPresent() && hosts.clouds().find(name.get()).isEmpty()) {
            throw new WireException(ErrorCode.NOT_FOUND, "there is no cloud " + name.get(), "see 'wire cloud ls'");
        }
        while (true) {
            List<String> trouble = new ArrayList<>();
            List<Followed> followed = round(hosts, (what, why) -> {
                output.warn(what, why);
                trouble.add(what);
            });
            if (every.isEmpty() || !followed.isEmpty()) {
                output.print(followed, out -> {
                    followed.forEach(it -> out.println(it.host() + " was at " + it.from() + " and is at " + it.to()
                            + "; " + it.wires() + (it.wires() == 1 ? " wire goes there" : " wires go there")));
                    if (followed.isEmpty()) {
                        out.println("all hosts are where they were");
                    }
                });
            }
            if (every.isEmpty()) {
                return trouble.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
            }
            Thread.sleep(every.get());
        }
    }

    private List<Followed> round(PersonHosts known, BiConsumer<String, WireException> warn) {
        Hosts hosts = known.hosts();
        TreeSet<String> clouds = new TreeSet<>(name.map(List::of)
                .orElseGet(() ->
                        known.records().all().stream().map(HostRecord::cloud).toList()));
        clouds.forEach(cloud -> renew(hosts, cloud, warn));
        List<AddressChange> changes = new ArrayList<>();
        for (String cloud : clouds) {
            try {
                changes.addAll(hosts.changes(cloud));
            } catch (WireException e) {
                warn.accept("cloud " + cloud + " was not asked", e);
            }
        }
        List<Followed> followed = new ArrayList<>();
        if (changes.isEmpty()) {
            return followed;
        }
        boolean all = true;
        try {
            hosts.settle();
        } catch (WireException e) {
            warn.accept("not everybody lets the new addresses in", e);
            all = false;
        }
        for (AddressChange change : changes) {
            followed.add(follow(known, hosts, change, all, warn));
        }
        return followed;
    }

    private void renew(Hosts hosts, String cloud, BiConsumer<String, WireException> warn) {
        for (HostRecord due : hosts.dueHypervisors(cloud)) {
            try {
                hosts.renewHypervisor(due, ANSWER);
                output.progress("the hypervisor of " + due.name() + " has a new certificate");
            } catch (WireException e) {
                warn.accept("the hypervisor of " + due.name() + " has no new certificate", e);
            }
        }
    }

    /* It is noted when everybody knows it, so that who is cut short, or was not heard, begins again. */
    private Followed follow(
            PersonHosts known, Hosts hosts, AddressChange change, boolean let, BiConsumer<String, WireException> warn) {
        String host = change.host().name();
        boolean all = let;
        known.readdress(change);
        FarEnds.Told told = new FarEnds(person).tell(change);
        for (var silent : told.silent().entrySet()) {
            warn.accept(silent.getKey() + " was not told where " + host + " is", silent.getValue());
            all = false;
        }
        try {
            hosts.readdressHypervisor(change, ANSWER);
        } catch (WireException e) {
            warn.accept("the hypervisor of " + host + " does not show itself under its new address", e);
            all = false;
        }
        try {
            hosts.readdressNode(change);
            known.tellFabric(change);
        } catch (WireException e) {
            warn.accept("the fabric was not told where " + host + " is", e);
            all = false;
        }
        if (all) {
            hosts.note(change);
        }
        return new Followed(host, change.from(), change.to(), told.wires());
    }
}
