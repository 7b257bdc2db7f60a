package io.virtualwire.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.VmAttachment;
import io.virtualwire.client.VmPolicy;
import io.virtualwire.client.VmView;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.log.Applied;
import io.virtualwire.machine.Choice;
import io.virtualwire.machine.HostChoice;
import io.virtualwire.machine.MachineHosts;
import io.virtualwire.machine.NicEndpoint;
import io.virtualwire.machine.NodeChoice;
import io.virtualwire.topology.Clouds;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMoveWay;
import io.virtualwire.topology.VmNic;
import io.virtualwire.topology.VmRecord;
import io.virtualwire.topology.VmSpec;
import io.virtualwire.topology.WirePlace;
import io.virtualwire.topology.WireRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What can be asked about virtual machines at any node that reaches their hypervisors. */
final class MachineOperations {
    private static final int ETHERNET_MTU = 1500;

    private final Vertx vertx;
    private final NodeRecord self;
    private final StampedLog log;
    private final MachineHosts hosts;
    private final Supplier<Set<String>> present;

    MachineOperations(Vertx vertx, NodeRecord self, StampedLog log, MachineHosts hosts, Supplier<Set<String>> present) {
        this.present = present;
        this.vertx = vertx;
        this.self = self;
        this.log = log;
        this.hosts = hosts;
    }

    Future<List<VmView>> list() {
        return latest().compose(
                        state -> aside(() -> views(state, state.machines().vms().values(), false)));
    }

    Future<VmView> show(String name) {
        return latest().compose(state -> show(state, name));
    }

    private Future<VmView> show(FabricState state, String name) {
        return aside(() -> views(state, List.of(require(state, name)), true).getFirst());
    }

    /** Makes an interface an endpoint at the machine's host, and has that agreed on. */
    Future<VmView> attach(String name, VmAttachment wanted, String key) {
        RequestKey request = RequestKey.of(key, List.of("attach", name, wanted.toString()));
        return latest().compose(state -> aside(() -> made(state, name, wanted)))
                .compose(vm -> append(new FabricCommand.AttachVm(vm), request))
                .compose(state -> show(state, name));
    }

    private VmRecord made(FabricState state, String name, VmAttachment wanted) {
        HostSpec host = Optional.ofNullable(state.topology().hosts().get(wanted.host()))
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "cannot attach " + wanted.domain() + ": there is no host " + wanted.host(),
                        "hosts are: "
                                + String.join(", ", state.topology().hosts().keySet()) + "; add it with 'wire host add "
                                + wanted.host() + " ADDRESS --libvirt URI'"));
        if (wanted.isDescribed()) {
            return described(name, wanted, host);
        }
        Machine machine = hosts.hypervisor(wanted.host(), host).machine(wanted.domain());
        if (wanted.nic() >= machine.nics().size()) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "cannot attach interface " + wanted.nic() + " of " + wanted.domain() + ": it has "
                            + machine.nics().size(),
                    "they are numbered from 0: virsh domiflist " + wanted.domain());
        }
        Machine.Nic nic = machine.nics().get(wanted.nic());
        String device = nic.device()
                .filter(it -> nic.kind().equals("ethernet"))
                .orElseThrow(() -> new WireException(
                        ErrorCode.WRONG_STATE,
                        "cannot attach interface " + wanted.nic() + " of " + wanted.domain() + ": it is of type "
                                + nic.kind()
                                + nic.device()
                                        .map(it -> ", device " + it)
                                        .orElse(", without a device whose name somebody chose"),
                        "give it <interface type='ethernet'> with <target dev='NAME' managed='no'/>: virsh edit "
                                + wanted.domain()));
        VmNic made = attached(nic(name, wanted, nic.mac().toString(), device), wanted, host);
        return new VmRecord(name, wanted.domain(), machine.id(), wanted.host(), List.of(made));
    }

    /** A machine of which no hypervisor has to be asked: any process that holds such a TAP. */
    private VmRecord described(String name, VmAttachment wanted, HostSpec host) {
        VmNic asked = nic(
                name,
                wanted,
                MacAddress.parse(Objects.requireNonNull(wanted.mac())).toString(),
                Objects.requireNonNull(wanted.device()));
        VmNic made = attached(asked, wanted, host);
        UUID id = UUID.nameUUIDFromBytes(("vm " + name).getBytes(StandardCharsets.UTF_8));
        return new VmRecord(name, wanted.domain(), id, wanted.host(), List.of(made));
    }

    private VmNic attached(VmNic asked, VmAttachment wanted, HostSpec host) {
        return new NicEndpoint(asked)
                .attach(hosts.connector(wanted.host(), host), !wanted.endpoint().isEmpty());
    }

    private static VmNic nic(String vm, VmAttachment wanted, String mac, String device) {
        String endpoint =
                !wanted.endpoint().isEmpty() ? wanted.endpoint() : wanted.nic() == 0 ? vm : vm + "-" + wanted.nic();
        return new VmNic(wanted.nic(), endpoint, mac, device, wanted.mtu() > 0 ? wanted.mtu() : ETHERNET_MTU);
    }

    Future<?> detach(String name, String endpoint, String key) {
        return append(
                new FabricCommand.DetachVm(name, endpoint), RequestKey.of(key, List.of("detach", name, endpoint)));
    }

    /**
     * Has a move agreed on, which this node drives.
     *
     * @param to a host, or a cloud, one of whose hosts is chosen
     */
    Future<BegunMove> beginMove(String name, String to, VmMoveWay way, String key) {
        RequestKey request = RequestKey.of(
                key.isEmpty() ? UUID.randomUUID().toString() : key, List.of("migrate", name, to, way.toString()));
        return latest().compose(state -> aside(() -> chosen(state, name, to, request)))
                .compose(choice -> append(beginning(name, choice.place(), way), request)
                        .map(state -> state.events()
                                .of(request.key(), "vm.moving")
                                .map(event -> new BegunMove(event.generation(), event.node(), choice.why()))
                                .orElseThrow(() -> new WireException(
                                        ErrorCode.INTERNAL,
                                        "Nothing came of what was agreed on as " + request.key(),
                                        "Look at the machine as it is now: wire vm show " + name))));
    }

    private Choice chosen(FabricState state, String name, String to, RequestKey request) {
        VmRecord vm = require(state, name);
        Optional<FabricEvent> begun = state.events().of(request.key(), "vm.moving");
        Choice choice;
        if (begun.isPresent() || state.topology().hosts().containsKey(to)) {
            choice = new Choice(begun.map(FabricEvent::node).orElse(to), "");
        } else if (new Clouds(state).ofHost(vm.host()).equals(to)) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "Cannot move " + name + " to cloud " + to + ": it is there already, on " + vm.host(),
                    "");
        } else {
            choice = new HostChoice(state, hosts, new NodeChoice(state, present.get())).of(vm, to);
        }
        // Who cannot reach them cannot drive it.
        for (String host : List.of(vm.host(), choice.place())) {
            HostSpec spec = state.topology().hosts().get(host);
            if (spec != null && spec.libvirt() != null) {
                hosts.hypervisor(host, spec);
            }
        }
        requireTaking(state, name, choice.place());
        return choice;
    }

    /** A target that drains would refuse the machine's endpoint when it is being moved already. */
    private void requireTaking(FabricState state, String name, String to) {
        HostSpec spec = state.topology().hosts().get(to);
        boolean drains;
        try {
            drains = spec != null && hosts.connector(to, spec).isDraining();
        } catch (WireException silent) {
            // It is asked again in the move's first step, which waits for it.
            drains = false;
        }
        if (drains) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot move " + name + " to " + to + ": the connector there drains and takes nothing new",
                    "choose another host, or: wire connector drain --host " + to + " --cancel");
        }
    }

    /** This node drives it, unless it is to be emptied: then the first one that is not. If that one is away another claims the move. */
    private FabricCommand beginning(String name, String to, VmMoveWay way) {
        FabricState state = log.current().state();
        NodeRecord driver = state.isDraining(self.name())
                ? state.nodes().values().stream()
                        .filter(node -> !node.draining())
                        .findFirst()
                        .orElse(self)
                : self;
        return new FabricCommand.BeginVmMove(name, to, way, driver.name(), driver.instance());
    }

    Future<VmView> giveUp(String name) {
        return latest().compose(state -> {
            require(state, name);
            VmMove move = state.machines()
                    .moving(name)
                    .orElseThrow(() -> new WireException(
                            ErrorCode.WRONG_STATE, "cannot call the move of " + name + " off: it does not move", ""));
            return append(new FabricCommand.GiveUpVmMove(name, move.generation()), RequestKey.NONE)
                    .compose(after -> show(after, name));
        });
    }

    private static VmRecord require(FabricState state, String name) {
        return state.machines()
                .vm(name)
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "there is no virtual machine " + name,
                        "virtual machines are: "
                                + String.join(", ", state.machines().vms().keySet())));
    }

    /** Each hypervisor is asked once, however many of these it has. */
    private List<VmView> views(FabricState state, Iterable<VmRecord> vms, boolean askStandbys) {
        Map<String, Seen> seen = new ConcurrentHashMap<>();
        List<VmView> views = new ArrayList<>();
        for (VmRecord vm : vms) {
            Seen there = seen.computeIfAbsent(vm.host(), host -> look(state, host));
            String known = there.machines().stream()
                    .filter(machine -> machine.id().equals(vm.id()))
                    .findFirst()
                    .map(machine -> machine.state().name().toLowerCase(Locale.ROOT))
                    .orElse(there.failure().isEmpty() ? "absent" : "unknown");
            Optional<VmMove> move = state.machines().lastMove(vm.name());
            views.add(new VmView(
                    vm.name(),
                    vm.domain(),
                    vm.id().toString(),
                    vm.host(),
                    known,
                    there.failure(),
                    move.filter(it -> !it.phase().isOver()).map(VmMove::to).orElse(""),
                    move.map(it -> MoveReport.name(it.phase())).orElse(""),
                    vm.nics().stream().map(nic -> view(state, nic)).toList(),
                    Optional.ofNullable(state.topology().vms().get(vm.name()))
                            .filter(it -> it.follow() == VmSpec.Follow.RARP)
                            .map(it -> VmPolicy.RARP)
                            .orElse(VmPolicy.NEVER),
                    vm.prepared().stream()
                            .map(host -> standby(state, vm, host, askStandbys))
                            .toList(),
                    move.map(MoveReport::view)));
        }
        return views;
    }

    private VmView.Standby standby(FabricState state, VmRecord vm, String host, boolean ask) {
        if (!ask) {
            return new VmView.Standby(host, false, "");
        }
        for (WireRecord wire : state.wires().values()) {
            if (vm.has(wire.endpoint())) {
                String missing = missing(wire, host);
                if (!missing.isEmpty()) {
                    return new VmView.Standby(host, false, wire.name() + ": " + missing);
                }
            }
        }
        return new VmView.Standby(host, true, "");
    }

    private String missing(WireRecord wire, String host) {
        Optional<WirePlace> place =
                wire.ahead().stream().filter(it -> it.host().equals(host)).findFirst();
        if (place.isEmpty()) {
            return "not wanted there yet";
        }
        try {
            return hosts.connector(host, place.get().hostSpec()).wire(wire.id()).stream()
                    .filter(side -> side.generation().equals(place.get().sideGeneration()))
                    .findFirst()
                    .map(side -> side.isAgreed() ? "" : "not agreed yet")
                    .orElse("not connected yet");
        } catch (WireException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private record Seen(List<Machine> machines, String failure) {}

    private Seen look(FabricState state, String host) {
        try {
            HostSpec spec = state.topology().hosts().get(host);
            if (spec == null) {
                return new Seen(List.of(), "host " + host + " is no longer among the hosts");
            }
            Hypervisor hypervisor = hosts.hypervisor(host, spec);
            return new Seen(hypervisor.machines(), "");
        } catch (WireException e) {
            return new Seen(List.of(), String.valueOf(e.getMessage()));
        }
    }

    private static VmView.Nic view(FabricState state, VmNic nic) {
        return new VmView.Nic(
                nic.number(),
                nic.endpoint(),
                nic.mac(),
                nic.device(),
                nic.mtu(),
                state.wires().values().stream()
                        .filter(wire -> wire.endpoint().equals(nic.endpoint()))
                        .map(WireRecord::name)
                        .toList());
    }

    private <T> Future<T> aside(Callable<T> work) {
        return vertx.executeBlocking(work, false).map(done -> Objects.requireNonNull(done));
    }

    private Future<FabricState> latest() {
        return Future.fromCompletionStage(log.latest(), vertx.getOrCreateContext())
                .map(Applied::state);
    }

    private Future<FabricState> append(FabricCommand command, RequestKey request) {
        return Future.fromCompletionStage(log.append(command, request), vertx.getOrCreateContext())
                .map(Applied::state)
                .recover(failure -> Future.failedFuture(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure));
    }
}
