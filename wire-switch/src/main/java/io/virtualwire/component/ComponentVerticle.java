package io.virtualwire.component;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import io.virtualwire.client.ApiJson;
import io.virtualwire.transport.Loop;
import java.util.Map;

/**
 * The control side of a component: answers on the event bus what it is asked about it.
 *
 * <p>At {@value #ADDRESS_PREFIX}NAME any message is answered with the component's status as a JSON object.
 */
public final class ComponentVerticle extends VerticleBase {
    /** What comes before the component's name in its address on the event bus. */
    public static final String ADDRESS_PREFIX = "virtualwire.component.";

    private final Component component;
    private final Loop loop;

    public ComponentVerticle(Component component, Loop loop) {
        this.component = component;
        this.loop = loop;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus()
                .consumer(ADDRESS_PREFIX + component.name(), this::answer)
                .completion();
    }

    private void answer(Message<Object> question) {
        Promise<JsonObject> status = Promise.promise();
        loop.execute(() -> status.complete(json(component.status())));
        status.future().onSuccess(question::reply);
    }

    private static JsonObject json(ComponentStatus status) {
        @SuppressWarnings("unchecked")
        Map<String, Object> fields = ApiJson.lenient().convertValue(status, Map.class);
        return new JsonObject(fields);
    }
}
