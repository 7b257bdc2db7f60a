package io.virtualwire.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.virtualwire.client.ComponentView;
import io.virtualwire.component.Component;
import io.virtualwire.component.ComponentVerticle;
import io.virtualwire.control.Generation;
import io.virtualwire.handoff.HandoffEvent;
import io.virtualwire.migration.KeeperObserver;
import io.virtualwire.topology.FabricState;
import io.virtualwire.transport.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A verticle for each component that decides here, and word of what happens to them for all nodes.
 *
 * <p>Told on the owner thread in the middle of a handoff, so all of it is done aside.
 */
final class ComponentVerticles implements KeeperObserver {
    private static final Logger LOG = LoggerFactory.getLogger(ComponentVerticles.class);

    private final Vertx vertx;
    private final Loop loop;
    private final NodeEvents events;
    private final Executor aside;
    /* Belongs to the thread aside. */
    private final Map<String, Future<String>> deployed = new HashMap<>();
    private volatile @Nullable ComponentViews views;

    /** @param aside one thread, so that what happens one after the other is told so */
    ComponentVerticles(Vertx vertx, Loop loop, NodeEvents events, Executor aside) {
        this.vertx = vertx;
        this.loop = loop;
        this.events = events;
        this.aside = aside;
    }

    /** Says what verticles answer. */
    void show(ComponentViews answers) {
        views = answers;
    }

    @Override
    public void decides(Component component) {
        String name = component.name();
        aside.execute(() ->
                deployed.put(name, vertx.deployVerticle(new ComponentVerticle(name, loop, () -> view(name)))));
    }

    @Override
    public void decidesNoLonger(Component component) {
        aside.execute(() -> {
            Future<String> id = deployed.remove(component.name());
            if (id != null) {
                id.onSuccess(vertx::undeploy);
            }
        });
    }

    @Override
    public void waitsFor(String component, Generation generation, Set<String> hosts) {
        aside.execute(() -> {
            LOG.atInfo()
                    .addKeyValue("event", "component." + NodeEvents.WAITS)
                    .addKeyValue("component", component)
                    .addKeyValue("generation", generation)
                    .log("{} waits for hosts with which nothing is agreed: {}", component, hosts);
            events.publish(component, generation, NodeEvents.WAITS, String.join(", ", hosts));
        });
    }

    @Override
    public void happened(HandoffEvent event) {
        aside.execute(() -> {
            LOG.atInfo()
                    .addKeyValue("event", "component." + NodeEvents.step(event))
                    .addKeyValue("component", event.component())
                    .addKeyValue("generation", event.generation())
                    .log("{}", event);
            events.publish(event);
        });
    }

    private ComponentView view(String component) {
        ComponentViews answers = views;
        return answers == null ? ComponentViews.agreed(FabricState.INITIAL, component, "") : answers.held(component);
    }
}
