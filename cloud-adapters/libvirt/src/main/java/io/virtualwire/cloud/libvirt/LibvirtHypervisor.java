package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.HostMemory;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.HypervisorEvent;
import io.virtualwire.cloud.spi.HypervisorEvent.Change;
import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.cloud.spi.MachineMigration;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.cloud.spi.MigrationPlan;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainInfo;
import org.libvirt.LibvirtException;
import org.libvirt.TypedParameter;
import org.libvirt.event.DomainEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hypervisor that libvirt manages, reached by any of its URIs: {@code qemu:///system}, {@code qemu+ssh://host/system},
 * {@code qemu+tls://…}, {@code qemu+tcp://…}, {@code qemu+unix:///system?socket=…}.
 */
public final class LibvirtHypervisor implements Hypervisor {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtHypervisor.class);

    /* virConnectListAllDomainsFlags */
    private static final int LIST_ALL = 0;
    private static final int LIST_RUNNING = 1 << 4;
    private static final int LIST_PAUSED = 1 << 5;
    private static final int LIST_OFF = 1 << 6;
    private static final int LOOKS = 3;
    /* VIR_DOMAIN_JOB_DOWNTIME: from the moment the guest stopped at the source until it went on at the target. */
    private static final String JOB_DOWNTIME = "downtime";
    private static final long KIBI = 1024;

    private final String uri;
    private final LibvirtLink link;
    private final List<Consumer<HypervisorEvent>> listeners = new CopyOnWriteArrayList<>();
    /* The moves that were begun here, by the machine's name. */
    private final Map<String, LibvirtMigration> underWay = new ConcurrentHashMap<>();

    private LibvirtHypervisor(String uri) {
        this.uri = uri;
        this.link = new LibvirtLink(uri, new Teller());
    }

    /** Connects; throws if the hypervisor cannot be reached now. Later it is reached again whenever that is possible. */
    public static LibvirtHypervisor connect(String uri) {
        return new LibvirtHypervisor(uri);
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public List<Machine> machines() {
        return link.ask("list the machines of " + uri, connection -> {
            List<Machine> machines = new ArrayList<>();
            for (Domain domain : connection.listAllDomains(0)) {
                read(domain, it -> machines.add(describe(it)));
            }
            machines.sort(Comparator.comparing(Machine::name));
            return machines;
        });
    }

    /** Nothing happens if it went away while it was looked at. */
    private static void read(Domain domain, Deed look) throws LibvirtException {
        try {
            look.on(domain);
        } catch (LibvirtException e) {
            if (!Refusal.isAbsent(e)) {
                throw e;
            }
        } finally {
            domain.free();
        }
    }

    private static Machine describe(Domain domain) throws LibvirtException {
        Machine.State state = state(domain.getInfo());
        return new Machine(
                domain.getName(),
                UUID.fromString(domain.getUUIDString()),
                state,
                DomainXml.parse(domain.getXMLDesc(0)).nics(state != Machine.State.STOPPED));
    }

    private static Machine.State state(DomainInfo info) {
        return switch (info.state) {
            case VIR_DOMAIN_RUNNING, VIR_DOMAIN_BLOCKED, VIR_DOMAIN_NOSTATE -> Machine.State.RUNNING;
            case VIR_DOMAIN_PAUSED, VIR_DOMAIN_PMSUSPENDED -> Machine.State.PAUSED;
            case VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTOFF -> Machine.State.STOPPED;
            case VIR_DOMAIN_CRASHED -> Machine.State.CRASHED;
        };
    }

    @Override
    public Machine machine(String name) {
        return with("look at machine " + name, name, LibvirtHypervisor::describe);
    }

    /* Lists need no machine's lock, which libvirt holds for seconds at both ends of a move. */
    @Override
    public Optional<Machine.State> state(UUID id) {
        return link.ask("look what machine " + id + " does", connection -> {
            for (int attempt = 0; attempt < LOOKS; attempt++) {
                if (isListed(connection, LIST_RUNNING, id)) {
                    return Optional.of(Machine.State.RUNNING);
                }
                if (isListed(connection, LIST_PAUSED, id)) {
                    return Optional.of(Machine.State.PAUSED);
                }
                if (isListed(connection, LIST_OFF, id)) {
                    return Optional.of(Machine.State.STOPPED);
                }
                if (!isListed(connection, LIST_ALL, id)) {
                    return Optional.empty();
                }
                // It changed between two lists, or is in none of these states.
            }
            return Optional.of(Machine.State.CRASHED);
        });
    }

    private static boolean isListed(Connect connection, int flags, UUID id) throws LibvirtException {
        boolean found = false;
        for (Domain domain : connection.listAllDomains(flags)) {
            found |= domain.getUUIDString().equals(id.toString());
            domain.free();
        }
        return found;
    }

    @Override
    public HostMemory memory() {
        return link.ask("look how much memory " + uri + " has", connection -> {
            Map<UUID, Long> given = new HashMap<>();
            for (Domain domain : connection.listAllDomains(LIST_RUNNING | LIST_PAUSED)) {
                read(domain, it -> given.put(UUID.fromString(it.getUUIDString()), it.getMaxMemory() / KIBI));
            }
            return new HostMemory(connection.nodeInfo().memory / KIBI, given);
        });
    }

    @Override
    public Machine define(MachineSpec spec) {
        return link.ask("define machine " + spec.name(), connection -> {
            Domain domain = connection.domainDefineXML(DomainXml.of(spec).text());
            try {
                return describe(domain);
            } finally {
                domain.free();
            }
        });
    }

    @Override
    public void start(String name) {
        with("start machine " + name, name, domain -> domain.isActive() == 1 ? 0 : domain.create());
    }

    @Override
    public void stop(String name) {
        absentIsFine("stop machine " + name, name, domain -> {
            try {
                if (domain.isActive() == 1) {
                    domain.destroy();
                }
            } catch (LibvirtException e) {
                // libvirt kills the process before it waits for its turn, which somebody may have who then finds it
                // dead.
                if (domain.isActive() == 1) {
                    throw e;
                }
            }
        });
    }

    @Override
    public void remove(String name) {
        absentIsFine("remove machine " + name, name, Domain::undefine);
    }

    @Override
    public OptionalLong pauseMillis(String name) {
        return with("read how long machine " + name + " was paused", name, domain -> {
            // Who asks without keeping takes it from whoever asks next.
            int flags = Domain.GetJobStatsFlags.COMPLETED | Domain.GetJobStatsFlags.KEEP_COMPLETED;
            for (TypedParameter each : domain.getJobStats(flags).stats) {
                if (each.field.equals(JOB_DOWNTIME)) {
                    return OptionalLong.of(Long.parseLong(each.getValueAsString()));
                }
            }
            return OptionalLong.empty();
        });
    }

    @Override
    public MachineMigration migrate(String name, MigrationPlan plan) {
        return link.ask("move machine " + name, connection -> {
            LibvirtMigration move = LibvirtMigration.begin(connection.domainLookupByName(name), uri, name, plan);
            underWay.put(name, move);
            move.outcome().thenRun(() -> underWay.remove(name, move));
            return move;
        });
    }

    @Override
    public void resume(String name) {
        with("resume machine " + name, name, domain -> {
            if (domain.getInfo().state == DomainInfo.DomainState.VIR_DOMAIN_PAUSED) {
                domain.resume();
            }
            return true;
        });
    }

    @Override
    public boolean isMoving(String name) {
        return with("look whether machine " + name + " moves", name, LibvirtHypervisor::hasJob);
    }

    @Override
    public void giveUp(String name) {
        with("give up the move of machine " + name, name, domain -> {
            if (hasJob(domain)) {
                LibvirtMigration own = underWay.get(name);
                if (own == null) {
                    domain.abortJob();
                } else {
                    own.callOff(domain);
                }
            }
            return true;
        });
    }

    private static boolean hasJob(Domain domain) throws LibvirtException {
        return domain.isActive() == 1 && domain.getJobInfo().getType() != 0;
    }

    private interface Work<T> {
        T on(Domain domain) throws LibvirtException;
    }

    private interface Deed {
        void on(Domain domain) throws LibvirtException;
    }

    private <T> T with(String attempted, String name, Work<T> work) {
        return link.ask(attempted, connection -> withDomain(connection, name, work));
    }

    private static <T> T withDomain(Connect connection, String name, Work<T> work) throws LibvirtException {
        Domain domain = connection.domainLookupByName(name);
        try {
            return work.on(domain);
        } finally {
            domain.free();
        }
    }

    private void absentIsFine(String attempted, String name, Deed deed) {
        link.ask(attempted, connection -> {
            try {
                return withDomain(connection, name, domain -> {
                    deed.on(domain);
                    return true;
                });
            } catch (LibvirtException e) {
                if (Refusal.isAbsent(e)) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public Subscription listen(Consumer<HypervisorEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        link.close();
    }

    private final class Teller implements LibvirtLink.Listener {
        @Override
        public void back() {
            try {
                tell(new HypervisorEvent.ConnectionBack(machines()));
            } catch (WireException e) {
                // Lost again; there will be another.
                LOG.debug("{} cannot be read yet", uri, e);
            }
        }

        @Override
        public void lost(String why) {
            tell(new HypervisorEvent.ConnectionLost(why));
        }

        @Override
        public void changed(String name, String id, DomainEvent event) {
            change(event)
                    .ifPresent(change ->
                            tell(new HypervisorEvent.MachineChanged(name, UUID.fromString(id), change, detail(event))));
        }

        private void tell(HypervisorEvent event) {
            for (Consumer<HypervisorEvent> listener : listeners) {
                try {
                    listener.accept(event);
                } catch (RuntimeException e) {
                    LOG.error("A listener of {} failed at {}", uri, event, e);
                }
            }
        }

        private static Optional<Change> change(DomainEvent event) {
            return switch (event.getType()) {
                case DEFINED -> Optional.of(Change.DEFINED);
                case UNDEFINED -> Optional.of(Change.REMOVED);
                case STARTED -> Optional.of(Change.STARTED);
                case SUSPENDED, PMSUSPENDED -> Optional.of(Change.SUSPENDED);
                case RESUMED -> Optional.of(Change.RESUMED);
                case STOPPED -> Optional.of(Change.STOPPED);
                case SHUTDOWN -> Optional.of(Change.SHUT_DOWN);
                case CRASHED -> Optional.of(Change.CRASHED);
                case UNKNOWN -> Optional.empty();
            };
        }

        private static String detail(DomainEvent event) {
            Object detail = event.<org.libvirt.event.StartedDetail>getDetail();
            return String.valueOf(detail).toLowerCase(Locale.ROOT);
        }
    }
}
