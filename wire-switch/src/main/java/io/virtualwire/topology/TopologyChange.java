package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that differs between two topologies.
 *
 * @param subject what it is about: {@code switch lan}, {@code wire lan/web}, {@code host east-1}
 * @param fields what differs about it
 */
public record TopologyChange(Kind kind, String subject, List<Field> fields) {
    public TopologyChange {
        fields = List.copyOf(fields);
    }

    /** How it differs. */
    public enum Kind {
        /** The second has it, the first does not. */
        ADDED,
        /** The first has it, the second does not. */
        REMOVED,
        /** Both have it, with other fields. */
        CHANGED
    }

    /**
     * A field, by its path in the file: {@code ports.web.access}.
     *
     * @param was absent if only the second has it
     * @param becomes absent if only the first has it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Field(
            String path, @Nullable String was, @Nullable String becomes) {}
}
