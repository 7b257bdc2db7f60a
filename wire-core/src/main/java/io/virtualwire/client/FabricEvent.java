package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a fabric; what does not apply to its type is empty or 0, and left out when it is written.
 *
 * <p>The same on every node, with the same number: events are made of what the nodes have agreed on.
 *
 * @param sequence one more than that of the event before
 * @param at when it was proposed, in milliseconds since 1970, by the clock of the node that proposed it; 0 if unknown
 * @param type one of those of docs/event-bus.md, such as {@code component.moved}; a later release may have more
 * @param component the component that it is about
 * @param node the node that it is about, or that the component is on or moves to
 * @param from the node that the component was on before
 * @param generation of the component
 * @param wire the wire that it is about, {@code switch/port}
 * @param version of the topology
 * @param added wires that are new
 * @param removed wires that are gone
 * @param detail why, in words, or the port for which another is blocked
 * @param handoffMicros of a measured move
 * @param flipMicros of a measured move
 * @param key the idempotency key of the request that brought it about
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record FabricEvent(
        @JsonInclude(JsonInclude.Include.ALWAYS) long sequence,
        @JsonInclude(JsonInclude.Include.ALWAYS) long at,
        @JsonInclude(JsonInclude.Include.ALWAYS) String type,
        String component,
        String node,
        String from,
        long generation,
        String wire,
        long version,
        List<String> added,
        List<String> removed,
        String detail,
        long handoffMicros,
        long flipMicros,
        String key) {
    /** The type of a line that says that all events up to its number have been told. */
    public static final String ALIVE = "alive";
    /** The type of a line that says that events up to its number were not told, and cannot be any more. */
    public static final String GAP = "gap";

    @JsonCreator
    static FabricEvent read(
            @JsonProperty("sequence") long sequence,
            @JsonProperty("at") long at,
            @JsonProperty("type") @Nullable String type,
            @JsonProperty("component") @Nullable String component,
            @JsonProperty("node") @Nullable String node,
            @JsonProperty("from") @Nullable String from,
            @JsonProperty("generation") long generation,
            @JsonProperty("wire") @Nullable String wire,
            @JsonProperty("version") long version,
            @JsonProperty("added") @Nullable List<String> added,
            @JsonProperty("removed") @Nullable List<String> removed,
            @JsonProperty("detail") @Nullable String detail,
            @JsonProperty("handoffMicros") long handoffMicros,
            @JsonProperty("flipMicros") long flipMicros,
            @JsonProperty("key") @Nullable String key) {
        return new FabricEvent(
                sequence,
                at,
                text(type),
                text(component),
                text(node),
                text(from),
                generation,
                text(wire),
                version,
                list(added),
                list(removed),
                text(detail),
                handoffMicros,
                flipMicros,
                text(key));
    }

    /** Says that all events up to this number have been told. */
    public static FabricEvent alive(long sequence) {
        return new FabricEventDraft(ALIVE).numbered(sequence, 0, "");
    }

    /** Says that events up to this number were not told, and cannot be any more. */
    public static FabricEvent gap(long sequence) {
        return new FabricEventDraft(GAP).numbered(sequence, 0, "");
    }

    /** Whether this is an event, and not a word about the others. */
    @JsonIgnore
    public boolean isEvent() {
        return !type.equals(ALIVE) && !type.equals(GAP);
    }

    private static String text(@Nullable String said) {
        return said == null ? "" : said;
    }

    private static List<String> list(@Nullable List<String> said) {
        return said == null ? List.of() : List.copyOf(said);
    }
}
