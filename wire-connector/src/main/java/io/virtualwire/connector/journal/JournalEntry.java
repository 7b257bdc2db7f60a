package io.virtualwire.connector.journal;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.util.Collection;

/** One thing that a connector has accepted. Replaying all of them in order gives the {@link Ledger}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "entry")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JournalEntry.EndpointPut.class, name = "endpoint-put"),
    @JsonSubTypes.Type(value = JournalEntry.EndpointRemoved.class, name = "endpoint-removed"),
    @JsonSubTypes.Type(value = JournalEntry.SideConnected.class, name = "side-connected"),
    @JsonSubTypes.Type(value = JournalEntry.SideDisconnected.class, name = "side-disconnected"),
    @JsonSubTypes.Type(value = JournalEntry.SideSettled.class, name = "side-settled"),
    @JsonSubTypes.Type(value = JournalEntry.Drained.class, name = "drained")
})
public sealed interface JournalEntry {

    /** The tenant owns this endpoint. */
    record EndpointPut(String tenant, EndpointDescription endpoint) implements JournalEntry {
        /** The journal version that first had endpoints held by their interface; who does not know these takes them for others. */
        public static final int DEVICE_SIDE_VERSION = 3;

        @Override
        public int version() {
            return versionOf(endpoint);
        }

        /** The lowest journal version that can say this of an endpoint. */
        public static int versionOf(EndpointDescription endpoint) {
            return endpoint.deviceSide() ? DEVICE_SIDE_VERSION : JournalFrame.FIRST_VERSION;
        }
    }

    /** The endpoint is gone. */
    record EndpointRemoved(String tenant, String name) implements JournalEntry {}

    /** The tenant connected a side, or told it of a newer peer. */
    record SideConnected(String tenant, ConnectRequest request) implements JournalEntry {}

    /** The side is gone; this generation and lower ones stay refused. */
    record SideDisconnected(String tenant, WireId wire, Side side, Generation generation) implements JournalEntry {}

    /**
     * What became of a side by itself since it was connected.
     *
     * @param tenant whose side it is; empty if an older release wrote this
     * @param generation the side's own generation
     * @param role how it is now
     * @param peerGeneration the generation of the far side that is active; lower ones are over
     */
    record SideSettled(
            // An older release left it out.
            @JsonSetter(nulls = Nulls.AS_EMPTY) String tenant,
            WireId wire,
            Side side,
            Generation generation,
            SettledRole role,
            Generation peerGeneration)
            implements JournalEntry {}

    /**
     * From now on nothing new is taken, or again.
     *
     * @param sinceMillis when that was, since 1970 in UTC
     */
    record Drained(boolean on, long sinceMillis) implements JournalEntry {
        /** The journal version that first had it. */
        public static final int JOURNAL_VERSION = 2;

        @Override
        public int version() {
            return JOURNAL_VERSION;
        }
    }

    /** The journal version that first had this: earlier releases cannot read it, or would misunderstand it. */
    default int version() {
        return JournalFrame.FIRST_VERSION;
    }

    /** The lowest journal version that can say all of these. */
    static int versionOf(Collection<JournalEntry> entries) {
        return entries.stream().mapToInt(JournalEntry::version).max().orElse(JournalFrame.FIRST_VERSION);
    }

    /** The role that a restart has to keep. */
    enum SettledRole {
        STANDBY,
        ACTIVE,
        YIELDED
    }
}
