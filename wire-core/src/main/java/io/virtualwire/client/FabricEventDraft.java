package io.virtualwire.client;

import java.util.List;

/** An event that has happened and has no number yet: what applies to its type is filled in, the rest stays empty. */
public final class FabricEventDraft {
    private final String type;
    private String component = "";
    private String node = "";
    private String from = "";
    private long generation;
    private String wire = "";
    private long version;
    private List<String> added = List.of();
    private List<String> removed = List.of();
    private String detail = "";
    private long handoffMicros;
    private long flipMicros;

    public FabricEventDraft(String type) {
        this.type = type;
    }

    /** About a component that is on a node, and was on another before. */
    public FabricEventDraft about(String name, String on, String before, long claimed) {
        component = name;
        from = before;
        generation = claimed;
        return at(on);
    }

    /** About a node. */
    public FabricEventDraft at(String name) {
        node = name;
        return this;
    }

    /** About a wire. */
    public FabricEventDraft on(String name) {
        wire = name;
        return this;
    }

    /** For this reason. */
    public FabricEventDraft because(String why) {
        detail = why;
        return this;
    }

    /** About a topology, which has this version now. */
    public FabricEventDraft replacing(long current, List<String> newWires, List<String> oldWires) {
        version = current;
        added = newWires;
        removed = oldWires;
        return this;
    }

    /** With the figures of a move. */
    public FabricEventDraft measured(long handoff, long flip) {
        handoffMicros = handoff;
        flipMicros = flip;
        return this;
    }

    /** The event, with its number, the time and the key of the request that brought it about. */
    public FabricEvent numbered(long number, long millis, String key) {
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
                List.copyOf(added),
                List.copyOf(removed),
                detail,
                handoffMicros,
                flipMicros,
                key);
    }
}
