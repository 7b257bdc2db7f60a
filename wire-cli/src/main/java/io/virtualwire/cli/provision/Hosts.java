package io.virtualwire.cli.provision;

import io.virtualwire.authority.Registrar;
import io.virtualwire.cli.doctor.VirtualizationCheck;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The hosts of a person who holds the tenant's authority: made, looked at, removed. */
public final class Hosts {
    private final CloudBook clouds;
    private final HostRecords records;
    private final Registrar registrar;
    private final OwnCommand own;
    private final Around around;
    private final Admissions admissions;

    /**
     * What a person's commands have to do with hosts.
     *
     * @param probe asks a connector how it does
     * @param note has commands know a host, and says where it is
     * @param revoke takes a daemon's credentials back
     * @param depart takes a host's node out of its fabric, if it is in one; must not fail
     * @param forget has commands know a host no more
     */
    public record Around(
            HostProbe probe,
            Function<HostRecord, String> note,
            Consumer<String> revoke,
            Consumer<HostRecord> depart,
            Consumer<String> forget) {}

    public Hosts(CloudBook clouds, HostRecords records, Registrar registrar, OwnCommand own, Around around) {
        this.clouds = clouds;
        this.records = records;
        this.registrar = registrar;
        this.own = own;
        this.around = around;
        this.admissions = new Admissions(records, clouds);
    }

    /**
     * Makes hosts of what the records ask for, or goes on with it.
     *
     * @param file the package, if somebody named it
     * @param fabric nodes of a fabric that runs, for nodes to join; none: those that are made found one
     * @param keep whether what comes to nothing is left as it is
     * @return those that did not arrive, and why
     */
    public Map<String, WireException> make(
            List<HostRecord> wanted,
            List<String> fabric,
            Optional<Path> file,
            Duration patience,
            boolean keep,
            Progress progress) {
        Patiently patiently = new Patiently(Ticker.system(), patience);
        ServicesStep services = new ServicesStep(own, patiently, fabric, admissions::settle);
        List<HostStep> steps = List.of(
                new LaunchStep(patience),
                new ReachStep(patiently, services::expect),
                new PackageStep(own, file),
                new EnrolStep(registrar, own),
                hypervisors(patiently),
                services,
                new KvmStep(new VirtualizationCheck(Ticker.system())),
                new MtuStep(records),
                new PortStep(
                        registrar.tenant(), admissions, around.probe(), new Neighbours(records, clouds), patiently),
                new ReadyStep(around.note()));
        Map<String, CloudAdapter> open = new TreeMap<>();
        try {
            List<Site> sites = new ArrayList<>();
            for (HostRecord record : wanted) {
                CloudAdapter cloud = open.computeIfAbsent(record.cloud(), clouds::open);
                sites.add(new Site(cloud, records, record));
            }
            return new Provisioner(steps, removal(), keep, progress).run(sites);
        } finally {
            open.values().forEach(CloudAdapter::close);
        }
    }

    /** The ready hosts of a cloud that have another address than is noted. */
    public List<AddressChange> changes(String cloud) {
        return new AddressChanges(records, clouds).in(cloud);
    }

    /** Has all clouds let in exactly the hosts that there are, where they are now. */
    public void settle() {
        admissions.settle();
    }

    /** Has a host's node, if it has one, name itself under the new address. */
    public void readdressNode(AddressChange change) {
        if (change.host().wanted().node()) {
            new NodeAddress(clouds, own).follow(change);
        }
    }

    /** Has a host's libvirt show itself with a certificate of the new address. */
    public void readdressHypervisor(AddressChange change, Duration patience) {
        renewHypervisor(change.host(), patience);
    }

    /** The ready hosts of a cloud whose libvirt's certificate ends before long. */
    public List<HostRecord> dueHypervisors(String cloud) {
        HypervisorStep step = hypervisors(new Patiently(Ticker.system(), Duration.ZERO));
        return records.all().stream()
                .filter(record -> record.cloud().equals(cloud) && record.isPast(Step.READY))
                .filter(record -> Optional.ofNullable(record.facts().libvirt())
                        .filter(step::isDue)
                        .isPresent())
                .toList();
    }

    /** Has a host's libvirt, if it has credentials, show itself with a certificate that holds for long and for where the host is. */
    public void renewHypervisor(HostRecord record, Duration patience) {
        if (record.facts().libvirt() == null) {
            return;
        }
        try (CloudAdapter cloud = clouds.open(record.cloud());
                Site site = new Site(cloud, records, record)) {
            CloudHost host = cloud.hosts().stream()
                    .filter(it -> it.name().equals(record.name()))
                    .findFirst()
                    .orElseThrow(() -> new WireException(
                            ErrorCode.NOT_FOUND,
                            "cloud " + cloud.name() + " has no " + record.name() + " any more",
                            "see 'wire host ls'"));
            site.seen(host);
            site.opened(cloud.shell(host));
            hypervisors(new Patiently(Ticker.system(), patience)).take(site);
        }
    }

    private HypervisorStep hypervisors(Patiently patiently) {
        return new HypervisorStep(registrar, own, patiently, InstantSource.system());
    }

    /** Notes where a host is now, once everybody was told. */
    public void note(AddressChange change) {
        records.find(change.host().name())
                .ifPresent(record -> records.write(record.with(record.facts().withAddress(change.to()))));
    }

    /** Removes a host with everything that was made for it. */
    public void remove(HostRecord record) {
        try (CloudAdapter cloud = clouds.open(record.cloud());
                Site site = new Site(cloud, records, record)) {
            removal().remove(site);
        }
    }

    private HostRemoval removal() {
        return new HostRemoval(
                records, registrar, around.depart(), around.revoke(), around.forget(), admissions::settle);
    }
}
