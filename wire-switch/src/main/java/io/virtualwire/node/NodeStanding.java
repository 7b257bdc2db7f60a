package io.virtualwire.node;

import io.virtualwire.association.AssociationStatus;
import io.virtualwire.client.ComponentView;
import io.virtualwire.client.HealthPart;
import io.virtualwire.client.NodeHealth;
import io.virtualwire.component.Component;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.log.Applied;
import io.virtualwire.metrics.AssociationReport;
import io.virtualwire.metrics.CredentialsMetrics;
import io.virtualwire.metrics.DataPathMetrics;
import io.virtualwire.metrics.Metric;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.metrics.Scrape;
import io.virtualwire.metrics.WireHealth;
import io.virtualwire.migration.ComponentKeeper;
import io.virtualwire.stack.StackDrops;
import io.virtualwire.stack.WireStack;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** How a node does: whether each of its parts works, and what there is to measure. Asked from any thread but the owner thread. */
final class NodeStanding {
    private static final long LOG_PATIENCE_SECONDS = 2;
    private static final String KIND = "component";

    /** Nodes and connectors that are away are not this one's fault: it does all that is asked of it while there is a majority. */
    private static final Set<String> OTHERS_TOO = Set.of("nodes", WireHealth.NAME);

    private final String node;
    private final OwnIdentity self;
    private final StampedLog log;
    private final Supplier<Set<String>> present;
    private final DataPath dataPath;
    private final EventTally tally;
    private final ProcessMetrics process;

    /** What a node's owner thread knows. */
    interface DataPath {
        List<AssociationStatus> associations();

        StackDrops drops();

        /** Those that this node holds, each as it is seen here. */
        List<Held> held();
    }

    /** @param deciding whether the component's instance does its work */
    record Held(ComponentView view, boolean deciding) {}

    NodeStanding(
            String node,
            OwnIdentity self,
            StampedLog log,
            Supplier<Set<String>> present,
            DataPath dataPath,
            EventTally tally,
            ProcessMetrics process) {
        this.node = node;
        this.self = self;
        this.log = log;
        this.present = present;
        this.dataPath = dataPath;
        this.tally = tally;
        this.process = process;
    }

    /** The view of a running stack and reconciler. */
    static DataPath of(WireStack stack, Reconciler reconciler, ComponentViews views) {
        return new DataPath() {
            @Override
            public List<AssociationStatus> associations() {
                return WireStack.await(stack.associations());
            }

            @Override
            public StackDrops drops() {
                return WireStack.await(stack.drops());
            }

            @Override
            public List<Held> held() {
                return WireStack.await(stack.inOneStep(_ -> reconciler.held().stream()
                        .map(name -> new Held(views.held(name), isDeciding(reconciler, name)))
                        .toList()));
            }
        };
    }

    private static boolean isDeciding(Reconciler reconciler, String component) {
        return reconciler
                .keeper(component)
                .flatMap(ComponentKeeper::component)
                .filter(Component::isDeciding)
                .isPresent();
    }

    NodeHealth health() {
        List<HealthPart> parts = parts();
        boolean ready = parts.stream().allMatch(part -> part.ready() || OTHERS_TOO.contains(part.name()));
        return new NodeHealth(ready, node, self.identity(), parts);
    }

    String metrics() {
        Scrape scrape = new Scrape();
        DataPathMetrics path = new DataPathMetrics(scrape);
        scrape.add(Metric.INFO, 1, "node", self.identity().toString(), "");
        CredentialsMetrics.add(self, scrape);
        parts().forEach(part -> scrape.add(Metric.READY, part.ready(), part.name()));
        Applied<FabricState> applied = log.current();
        FabricState state = applied.state();
        scrape.add(Metric.FABRIC_VERSION, state.version());
        scrape.add(Metric.NODES, state.nodes().size());
        scrape.add(Metric.NODES_PRESENT, present.get().size());
        scrape.add(Metric.LOG_INDEX, applied.index());
        scrape.add(Metric.LOG_LEADER, log.isLeader());
        for (Claim claim : state.claims().values()) {
            String name = scrape.label(KIND, claim.component());
            scrape.add(Metric.COMPONENT_HELD, 1, name, claim.owner());
            scrape.add(Metric.COMPONENT_MOVING, claim.move().isPresent(), name);
        }
        dataPath.held().forEach(held -> component(scrape, held.view()));
        dataPath.associations().stream().map(AssociationReport::of).forEach(path::association);
        StackDrops drops = dataPath.drops();
        path.drops(drops.datagrams());
        path.drops(drops.messages());
        path.drops(drops.underlay());
        scrape.add(Metric.HANDSHAKES_REFUSED, drops.refusedHandshakes());
        tally.addTo(scrape);
        return scrape.text(process.snapshots());
    }

    private static void component(Scrape scrape, ComponentView view) {
        String name = scrape.label(KIND, view.name());
        scrape.add(Metric.COMPONENT_ADDRESSES, view.addresses().size(), name);
        for (ComponentView.Port port : view.ports()) {
            String label = scrape.label("port of " + name, port.name());
            scrape.add(Metric.PORT_UP, port.connected(), name, label);
            scrape.add(Metric.PORT_BLOCKED, !port.blockedFor().isEmpty(), name, label);
            scrape.add(Metric.PORT_FRAMES, port.toComponent(), name, label, "in");
            scrape.add(Metric.PORT_FRAMES, port.fromComponent(), name, label, "out");
            scrape.add(Metric.PORT_BYTES, port.bytesToComponent(), name, label, "in");
            scrape.add(Metric.PORT_BYTES, port.bytesFromComponent(), name, label, "out");
            port.filtered().forEach((reason, count) -> scrape.add(Metric.PORT_DROPS, count, name, label, reason));
            port.drops().forEach((reason, count) -> {
                scrape.add(Metric.PORT_DROPS, count, name, label, reason);
                scrape.add(Metric.DROPS, count, reason);
            });
        }
    }

    private List<HealthPart> parts() {
        List<HealthPart> parts = new ArrayList<>();
        List<Held> held = dataPath.held();
        parts.add(WireHealth.of(held.stream().flatMap(NodeStanding::silent).toList()));
        String trouble = logTrouble();
        parts.add(new HealthPart("log", trouble.isEmpty(), trouble));
        Set<String> away = new TreeSet<>(log.current().state().nodes().keySet());
        away.removeAll(present.get());
        parts.add(
                new HealthPart("nodes", away.isEmpty(), away.isEmpty() ? "" : "not seen: " + String.join(", ", away)));
        if (log.current().state().isDraining(node)) {
            List<String> left = held.stream().map(one -> one.view().name()).toList();
            parts.add(new HealthPart(
                    "drain", true, "drains and takes nothing new" + (left.isEmpty() ? "" : "; still here: " + left)));
        }
        List<String> idle = held.stream()
                .filter(one -> !one.deciding())
                .map(one -> one.view().name())
                .toList();
        parts.add(new HealthPart(
                "components", idle.isEmpty(), idle.isEmpty() ? "" : "held here, but not running: " + idle));
        return parts;
    }

    private static Stream<String> silent(Held held) {
        return held.view().ports().stream()
                .filter(port -> !port.connected())
                .map(port -> held.view().name() + "/" + port.name() + " to " + port.endpoint()
                        + (port.detail().isEmpty() ? "" : " (" + port.detail() + ")"));
    }

    private String logTrouble() {
        try {
            log.latest().get(LOG_PATIENCE_SECONDS, TimeUnit.SECONDS);
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        } catch (TimeoutException e) {
            return "no majority of the nodes answers";
        } catch (ExecutionException e) {
            return e.getCause() instanceof WireException refused
                    ? String.valueOf(refused.getMessage())
                    : String.valueOf(e.getMessage());
        }
    }
}
