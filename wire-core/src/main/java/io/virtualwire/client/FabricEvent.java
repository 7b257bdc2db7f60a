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

    /** An event of this type, about nothing yet. */
    public static FabricEvent of(String type) {
        return read(0, 0, type, null, null, null, 0, null, 0, null, null, null, 0, 0, null);
    }

    /** Says that all events up to this number have been told. */
    public static FabricEvent alive(long sequence) {
        return of(ALIVE).numbered(sequence, 0, "");
    }

    /** Says that events up to this number were not told, and cannot be any more. */
    public static FabricEvent gap(long sequence) {
        return of(GAP).numbered(sequence, 0, "");
    }

    /** Whether this is an event, and not a word about the others. */
    @JsonIgnore
    public boolean isEvent() {
        return !type.equals(ALIVE) && !type.equals(GAP);
    }

    /** The same with a number, a time and a key. */
    public FabricEvent numbered(long number, long millis, String because) {
        return new FabricEvent(
                number,
                millis,
                type,
                component,
                node,
                from,
                generation,
                wire,
                version,
                added,
                removed,
                detail,
                handoffMicros,
                flipMicros,
                because);
    }

    /** The same about a component. */
    public FabricEvent about(String name, String on, String before, long claimed) {
        return new FabricEvent(
                sequence,
                at,
                type,
                name,
                on,
                before,
                claimed,
                wire,
                version,
                added,
                removed,
                detail,
                handoffMicros,
                flipMicros,
                key);
    }

    /** The same about a node. */
    public FabricEvent at(String name) {
        return about(component, name, from, generation);
    }

    /** The same about a wire. */
    public FabricEvent on(String name) {
        return new FabricEvent(
                sequence,
                at,
                type,
                component,
                node,
                from,
                generation,
                name,
                version,
                added,
                removed,
                detail,
                handoffMicros,
                flipMicros,
                key);
    }

    /** The same with a reason. */
    public FabricEvent because(String why) {
        return new FabricEvent(
                sequence,
                at,
                type,
                component,
                node,
                from,
                generation,
                wire,
                version,
                added,
                removed,
                why,
                handoffMicros,
                flipMicros,
                key);
    }

    /** The same about a topology. */
    public FabricEvent replacing(long current, List<String> newWires, List<String> oldWires) {
        return new FabricEvent(
                sequence,
                at,
                type,
                component,
                node,
                from,
                generation,
                wire,
                current,
                newWires,
                oldWires,
                detail,
                handoffMicros,
                flipMicros,
                key);
    }

    /** The same with figures of a move. */
    public FabricEvent measured(long handoff, long flip) {
        return new FabricEvent(
                sequence,
                at,
                type,
                component,
                node,
                from,
                generation,
                wire,
                version,
                added,
                removed,
                detail,
                handoff,
                flip,
                key);
    }

    private static String text(@Nullable String said) {
        return said == null ? "" : said;
    }

    private static List<String> list(@Nullable List<String> said) {
        return said == null ? List.of() : List.copyOf(said);
    }
}
