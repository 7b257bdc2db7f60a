package io.virtualwire.client;

import com.fasterxml.jackson.core.type.TypeReference;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.TlsContexts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One node of a fabric, asked over REST; any node answers for all.
 *
 * <p>Safe for use by several threads. Calls block; refusals and failures are {@code WireException}s with the node's own
 * code, message and hint.
 */
public final class NodeClient implements AutoCloseable {
    /** The port on which nodes offer their interface unless told otherwise. */
    public static final int DEFAULT_PORT = 7482;

    private final RestCalls calls;

    /** @param expected who must answer; empty: anybody whom a trusted authority vouches for */
    public NodeClient(TlsContexts tls, HostAddress address, Optional<Identity> expected) {
        calls = new RestCalls("node", tls, address, expected);
    }

    /** Whether the node does its work. */
    public NodeHealth health() {
        return calls.get("/v1/health", new TypeReference<NodeHealth>() {});
    }

    /** What the node knows of its fabric. */
    public NodeView view() {
        return calls.get("/v1/fabric", new TypeReference<NodeView>() {});
    }

    /** Has a node emptied, and take nothing from now on; returns at once. */
    public NodeDrain drain(String node) {
        return calls.put("/v1/nodes/" + RestCalls.encode(node) + "/drain", Map.of(), new TypeReference<NodeDrain>() {});
    }

    /** Lets a node take things again. */
    public NodeDrain undoDrain(String node) {
        return calls.deleteFor("/v1/nodes/" + RestCalls.encode(node) + "/drain", new TypeReference<NodeDrain>() {});
    }

    /** How far that is. */
    public NodeDrain drainStatus(String node) {
        return calls.get("/v1/nodes/" + RestCalls.encode(node) + "/drain", new TypeReference<NodeDrain>() {});
    }

    /** Takes a node out of the fabric, which goes on without its vote; success if it is none. Returns when that is agreed on. */
    public NodeView dismiss(String node) {
        return calls.deleteFor("/v1/nodes/" + RestCalls.encode(node), new TypeReference<NodeView>() {});
    }

    /** A component, with what the node that holds it says about it. */
    public ComponentView component(String name) {
        return calls.get("/v1/components/" + RestCalls.encode(name), new TypeReference<ComponentView>() {});
    }

    /** The wires that are wanted, and how they do. */
    public List<WireView> wires() {
        return calls.get("/v1/wires", new TypeReference<List<WireView>>() {});
    }

    /** The network that is wanted now. */
    public WantedTopology topology() {
        return calls.get("/v1/topology", new TypeReference<WantedTopology>() {});
    }

    /**
     * Makes the network of a topology file the one that is wanted.
     *
     * @param origin how messages call the text: usually the file's name
     * @param expectedVersion the version that it replaces; empty for any
     */
    public AppliedTopology apply(String origin, String yaml, OptionalLong expectedVersion) {
        String query = "?origin=" + RestCalls.encode(origin)
                + (expectedVersion.isPresent() ? "&expectedVersion=" + expectedVersion.getAsLong() : "");
        return calls.post("/v1/topology" + query, "application/yaml", yaml, new TypeReference<AppliedTopology>() {});
    }

    /**
     * Tells of what happens in the fabric, until the node ends or is lost; then ask any node again, from the last number on.
     *
     * @param since the number of the last event that is known; empty: only new ones are told
     * @param events also lines of the types {@link FabricEvent#ALIVE} and {@link FabricEvent#GAP}; may throw to end it
     */
    public void events(OptionalLong since, Consumer<FabricEvent> events) {
        calls.getForLines(
                "/v1/events" + (since.isPresent() ? "?since=" + since.getAsLong() : ""), FabricEvent.class, events);
    }

    /** Moves a component to a node, or to a cloud, one of whose nodes is chosen, live; returns when it has moved. */
    public MigrationResult migrate(String component, String to, Consumer<MigrationStep> progress) {
        AtomicReference<MigrationStep> last = new AtomicReference<>();
        calls.postForLines(
                "/v1/components/" + RestCalls.encode(component) + "/migrate?to=" + RestCalls.encode(to),
                MigrationStep.class,
                step -> {
                    last.set(step);
                    progress.accept(step);
                });
        MigrationStep end = last.get();
        if (end != null && end.error().isPresent()) {
            throw end.error().get().exception();
        }
        return Optional.ofNullable(end)
                .flatMap(MigrationStep::result)
                .orElseThrow(() -> new WireException(
                        ErrorCode.UNAVAILABLE,
                        "the node went away while " + component + " moved to " + to,
                        "see how it ended with 'wire switch show " + component + "'"));
    }

    /** The virtual machines among the endpoints. */
    public List<VmView> vms() {
        return calls.get("/v1/vms", new TypeReference<List<VmView>>() {});
    }

    public VmView vm(String name) {
        return calls.get("/v1/vms/" + RestCalls.encode(name), new TypeReference<VmView>() {});
    }

    /** Makes a virtual machine's interface an endpoint; success if it is one already. */
    public VmView attach(String name, VmAttachment attachment) {
        return calls.put("/v1/vms/" + RestCalls.encode(name), attachment, new TypeReference<VmView>() {});
    }

    /** Whether a virtual machine's wires follow it when somebody else has moved it. */
    public AppliedTopology follow(String name, VmPolicy policy) {
        return calls.put(
                "/v1/vms/" + RestCalls.encode(name) + "/follow", policy, new TypeReference<AppliedTopology>() {});
    }

    /**
     * A virtual machine's endpoint is one no longer; success if it is none.
     *
     * @param endpoint empty for all of them
     */
    public void detach(String name, String endpoint) {
        calls.delete("/v1/vms/" + RestCalls.encode(name)
                + (endpoint.isEmpty() ? "" : "?endpoint=" + RestCalls.encode(endpoint)));
    }

    /**
     * Moves a virtual machine, live; returns when it has moved.
     *
     * @param mode {@code peer-to-peer}, {@code managed} or {@code tunnelled}
     * @param to a host, or a cloud, one of whose hosts is chosen
     * @param bandwidthMebibytes a second, at most; 0: as fast as it goes
     * @param parallel how many machines may be on their way between the two hosts before this one waits; 0: as usual
     */
    public VmMigrationStep.Result migrateVm(
            String name,
            String to,
            String mode,
            boolean postCopy,
            boolean copyStorage,
            int bandwidthMebibytes,
            int parallel,
            Consumer<VmMigrationStep> progress) {
        AtomicReference<VmMigrationStep> last = new AtomicReference<>();
        calls.postForLines(
                "/v1/vms/" + RestCalls.encode(name) + "/migrate?to=" + RestCalls.encode(to) + "&mode=" + mode
                        + "&postCopy=" + postCopy + "&copyStorage=" + copyStorage + "&bandwidth=" + bandwidthMebibytes
                        + "&parallel=" + parallel,
                VmMigrationStep.class,
                step -> {
                    last.set(step);
                    progress.accept(step);
                });
        VmMigrationStep end = last.get();
        if (end != null && end.error().isPresent()) {
            throw end.error().get().exception();
        }
        return Optional.ofNullable(end)
                .flatMap(VmMigrationStep::result)
                .orElseThrow(() -> new WireException(
                        ErrorCode.UNAVAILABLE,
                        "the node went away while " + name + " moved to " + to,
                        "another node goes on with it: see how it ends with 'wire vm show " + name + "'"));
    }

    /** Asks to call a virtual machine's move off; it then stays where it was, unless it has arrived already. */
    public VmView giveUpMigration(String name) {
        return calls.deleteFor("/v1/vms/" + RestCalls.encode(name) + "/migrate", new TypeReference<VmView>() {});
    }

    /** How everything of a cloud would move to another. */
    public RelocationView planRelocation(String from, String to) {
        return calls.get(
                "/v1/relocation/plan?from=" + RestCalls.encode(from) + "&to=" + RestCalls.encode(to),
                new TypeReference<RelocationView>() {});
    }

    /** The move of everything from one cloud to another that is under way, or the latest. */
    public RelocationView relocation() {
        return calls.get("/v1/relocation", new TypeReference<RelocationView>() {});
    }

    /**
     * Moves everything of a cloud to another, live, or goes on with that; returns when everything has moved. The parameters are
     * those of {@link #migrateVm}, for each machine.
     */
    public RelocationView relocate(
            String from,
            String to,
            String mode,
            boolean postCopy,
            boolean copyStorage,
            int bandwidthMebibytes,
            int parallel,
            Consumer<RelocationProgress> progress) {
        AtomicReference<RelocationProgress> last = new AtomicReference<>();
        calls.postForLines(
                "/v1/relocation?from=" + RestCalls.encode(from) + "&to=" + RestCalls.encode(to) + "&mode=" + mode
                        + "&postCopy=" + postCopy + "&copyStorage=" + copyStorage + "&bandwidth=" + bandwidthMebibytes
                        + "&parallel=" + parallel,
                RelocationProgress.class,
                line -> {
                    last.set(line);
                    progress.accept(line);
                });
        RelocationProgress end = last.get();
        if (end != null && end.error().isPresent()) {
            throw end.error().get().exception();
        }
        return Optional.ofNullable(end)
                .filter(line -> line.step().equals("ended"))
                .flatMap(RelocationProgress::result)
                .orElseThrow(() -> new WireException(
                        ErrorCode.UNAVAILABLE,
                        "the node went away while everything moved from " + from + " to " + to,
                        "other nodes go on with it; the same command shows how"));
    }

    /** Asks that no further step of it begins; what is on its way arrives. */
    public RelocationView stopRelocation() {
        return calls.deleteFor("/v1/relocation", new TypeReference<RelocationView>() {});
    }

    /** Lets the node read its configuration file again. */
    public ReloadReport reload() {
        return calls.post("/v1/reload", new TypeReference<ReloadReport>() {});
    }

    /** Brings a revocation list there. */
    public RevocationsTaken offer(RevocationList list) {
        return calls.put(
                "/v1/revocations", "application/x-pem-file", list.pem(), new TypeReference<RevocationsTaken>() {});
    }

    @Override
    public void close() {
        calls.close();
    }
}
