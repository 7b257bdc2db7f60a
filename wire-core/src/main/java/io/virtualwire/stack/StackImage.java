package io.virtualwire.stack;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.association.AssociationsImage;
import io.virtualwire.wire.EngineImage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a {@link WireStack}, as one process leaves it to the next on the same host, without what only a kernel can
 * pass on: the descriptors of sockets and devices. It holds keys and is never written down.
 *
 * @param engine the first owner thread's
 * @param others those of the others; null if an earlier release has none
 */
public record StackImage(
        AssociationsImage associations,
        EngineImage engine,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<EngineImage> others) {

    static StackImage of(AssociationsImage associations, List<EngineImage> engines) {
        return new StackImage(
                associations, engines.getFirst(), engines.size() == 1 ? null : engines.subList(1, engines.size()));
    }

    /** One for each owner thread. */
    List<EngineImage> engines() {
        List<EngineImage> all = new ArrayList<>();
        all.add(engine);
        all.addAll(others == null ? List.of() : others);
        return all;
    }
}
