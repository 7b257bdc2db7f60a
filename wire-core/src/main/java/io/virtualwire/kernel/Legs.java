package io.virtualwire.kernel;

import io.virtualwire.linux.BpfArray;
import io.virtualwire.linux.BpfLookup;
import java.nio.file.Path;

/**
 * The generations of far ends that may be heard; each has a place in a table that the programs read.
 *
 * <pre>
 * offset  bytes
 *      0      8  where it is: IPv4 address, and above it the VNI that it wants
 *      8      4  the VNI that its frames have; another one means that the place was given away meanwhile
 *     12      4  which side hears it
 *     16      4  {@link LegState}
 *     20      4  number of its generation
 *     24      8  frames received
 * </pre>
 */
final class Legs implements AutoCloseable {
    static final int PEER = 0;
    static final int VNI = 8;
    static final int SIDE = 12;
    static final int STATE = 16;
    static final int GENERATION = 20;
    static final int FRAMES = 24;
    private static final int BYTES = 32;

    private static final LegState[] STATES = LegState.values();

    private final BpfArray records;

    private Legs(BpfArray records) {
        this.records = records;
    }

    static Legs create(int most) {
        return new Legs(BpfArray.create(Tables.LEGS, BYTES, most));
    }

    static Legs open(Path pinned, int most) {
        return new Legs(BpfArray.open(pinned, BYTES, most));
    }

    /** Whether that is one of these. */
    static boolean fits(BpfLookup.Found found, int most) {
        return found.valueBytes() == BYTES && found.entries() == most;
    }

    static Legs of(BpfLookup.Found found) {
        return new Legs(BpfArray.of(found));
    }

    void pin(Path path) {
        records.pin(path);
    }

    int descriptor() {
        return records.descriptor();
    }

    void begin(int leg, int side, KernelLeg description, LegState state) {
        records.clear(leg);
        records.longAt(leg, PEER, description.departure());
        records.intAt(leg, SIDE, side);
        records.intAt(leg, STATE, state.ordinal());
        records.intAt(leg, GENERATION, (int) description.generation());
        records.intAt(leg, VNI, description.receiveVni());
    }

    /** A successor that has come by another way than its first frame is followed by it no more. */
    void followed(int leg) {
        records.change(leg, STATE, LegState.SUCCESSOR.ordinal(), LegState.FLIPPED.ordinal());
    }

    int vni(int leg) {
        return records.intAt(leg, VNI);
    }

    int side(int leg) {
        return records.intAt(leg, SIDE);
    }

    LegState state(int leg) {
        return STATES[records.intAt(leg, STATE)];
    }

    long generation(int leg) {
        return Integer.toUnsignedLong(records.intAt(leg, GENERATION));
    }

    long departure(int leg) {
        return records.longAt(leg, PEER);
    }

    long frames(int leg) {
        return records.longAt(leg, FRAMES);
    }

    @Override
    public void close() {
        records.close();
    }
}
