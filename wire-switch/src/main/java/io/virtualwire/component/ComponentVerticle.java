package io.virtualwire.component;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import io.virtualwire.client.ApiJson;
import io.virtualwire.transport.Loop;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The control side of a component: answers on the event bus what it is asked about it.
 *
 * <p>At {@value #ADDRESS_PREFIX}NAME any message is answered with what people see of the component, as a JSON object.
 * Deployed while the component decides here.
 */
public final class ComponentVerticle extends VerticleBase {
    /** What comes before the component's name in its address on the event bus. */
    public static final String ADDRESS_PREFIX = "virtualwire.component.";

    private final String component;
    private final Loop loop;
    private final Supplier<?> view;

    /** @param view what to answer; asked on the loop */
    public ComponentVerticle(String component, Loop loop, Supplier<?> view) {
        this.component = component;
        this.loop = loop;
        this.view = view;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus()
                .consumer(ADDRESS_PREFIX + component, this::answer)
                .completion();
    }

    private void answer(Message<Object> question) {
        Promise<Object> seen = Promise.promise();
        loop.execute(() -> seen.complete(view.get()));
        seen.future().onSuccess(answer -> question.reply(json(answer)));
    }

    private static JsonObject json(Object view) {
        @SuppressWarnings("unchecked")
        Map<String, Object> fields = ApiJson.lenient().convertValue(view, Map.class);
        return new JsonObject(fields);
    }
}
