package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import org.jspecify.annotations.Nullable;

/** The fencing table of docs/wire-protocol.md section 4.1, as pure decisions. */
final class Fencing {
    /** What a <em>connect</em> means for the side record. */
    enum Own {
        /** There is none yet. */
        CREATE,
        /** The new one takes the place of the old one, make before break. */
        REPLACE,
        /** It is there already; peer and relays are merged. */
        MERGE,
        CONFLICT,
        STALE
    }

    /** What a <em>connect</em> means for the record's peers. */
    enum Peering {
        FIRST,
        /** It becomes the successor of those that are known. */
        SUCCESSOR,
        /** It is known already; its paths are updated. */
        UPDATE,
        CONFLICT,
        STALE
    }

    private Fencing() {}

    /**
     * @param highest the highest own generation ever known of this side, also of one that was disconnected
     * @param present the generation of the record that is there
     * @param same whether endpoint and options are those of the record that is there
     */
    static Own own(@Nullable Generation highest, @Nullable Generation present, Generation requested, boolean same) {
        if (highest != null && highest.isAfter(requested)) {
            return Own.STALE;
        }
        if (present == null) {
            // One that was disconnected is over: a connect that comes with it was under way when it was.
            return highest == null || requested.isAfter(highest) ? Own.CREATE : Own.STALE;
        }
        if (requested.isAfter(present)) {
            return Own.REPLACE;
        }
        return same ? Own.MERGE : Own.CONFLICT;
    }

    /**
     * @param highest the highest peer generation known to the record
     * @param same whether the requested identity is that of the highest
     */
    static Peering peer(@Nullable Generation highest, Generation requested, boolean same) {
        if (highest == null) {
            return Peering.FIRST;
        }
        int order = requested.compareTo(highest);
        if (order > 0) {
            return Peering.SUCCESSOR;
        }
        if (order < 0) {
            return Peering.STALE;
        }
        return same ? Peering.UPDATE : Peering.CONFLICT;
    }
}
