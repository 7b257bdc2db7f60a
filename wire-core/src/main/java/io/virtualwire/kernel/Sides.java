package io.virtualwire.kernel;

import io.virtualwire.linux.BpfArray;
import io.virtualwire.linux.BpfLookup;
import java.nio.file.Path;

/**
 * The sides of kernel wires on this host; each has a place in a table that the programs read.
 *
 * <pre>
 * offset  bytes
 *      0      8  where its frames go: IPv4 address, and above it the VNI; written in one step; 0: nowhere
 *      8      4  {@link SideState}
 *     12      4  number of the generation that they go to
 *     16      4  index of the endpoint's device
 *     20      4  1: the device is a veth whose other end is given frames directly
 *     24      8  frames sent
 *     32      8  bytes sent
 *     40      8  frames received
 *     48      8  bytes received
 *     56      8  frames of its guest dropped because it may not speak
 *     64      8  frames dropped because their source was forged
 * </pre>
 */
final class Sides implements AutoCloseable {
    static final int DEPARTURE = 0;
    static final int STATE = 8;
    static final int GENERATION = 12;
    static final int DEVICE = 16;
    static final int STRAIGHT = 20;
    static final int SENT_FRAMES = 24;
    static final int SENT_BYTES = 32;
    static final int RECEIVED_FRAMES = 40;
    static final int RECEIVED_BYTES = 48;
    static final int MUTED = 56;
    static final int FORGED = 64;
    private static final int BYTES = 72;

    private static final SideState[] STATES = SideState.values();

    private final BpfArray records;

    private Sides(BpfArray records) {
        this.records = records;
    }

    static Sides create(int most) {
        return new Sides(BpfArray.create(Tables.SIDES, BYTES, most));
    }

    static Sides open(Path pinned, int most) {
        return new Sides(BpfArray.open(pinned, BYTES, most));
    }

    /** Whether that is one of these. */
    static boolean fits(BpfLookup.Found found, int most) {
        return found.valueBytes() == BYTES && found.entries() == most;
    }

    static Sides of(BpfLookup.Found found) {
        return new Sides(BpfArray.of(found));
    }

    void pin(Path path) {
        records.pin(path);
    }

    int descriptor() {
        return records.descriptor();
    }

    void begin(int side, int device, boolean straight) {
        records.clear(side);
        records.intAt(side, DEVICE, device);
        records.intAt(side, STRAIGHT, straight ? 1 : 0);
        records.intAt(side, STATE, SideState.STANDBY.ordinal());
    }

    void end(int side) {
        records.clear(side);
    }

    int device(int side) {
        return records.intAt(side, DEVICE);
    }

    void state(int side, SideState state) {
        records.intAt(side, STATE, state.ordinal());
    }

    SideState state(int side) {
        return STATES[records.intAt(side, STATE)];
    }

    /** The number of the generation that it sends to; 0 if there is none. */
    long generation(int side) {
        return Integer.toUnsignedLong(records.intAt(side, GENERATION));
    }

    /**
     * Points it at a leg. The generation first: the program, which may flip to a higher one at the same time, compares it
     * before it writes.
     */
    void pointAt(int side, long generation, long departure) {
        records.intAt(side, GENERATION, (int) generation);
        records.longAt(side, DEPARTURE, departure);
    }

    long departure(int side) {
        return records.longAt(side, DEPARTURE);
    }

    SideReport report(int side) {
        return new SideReport(
                state(side),
                records.longAt(side, SENT_FRAMES),
                records.longAt(side, SENT_BYTES),
                records.longAt(side, RECEIVED_FRAMES),
                records.longAt(side, RECEIVED_BYTES),
                records.longAt(side, MUTED),
                records.longAt(side, FORGED));
    }

    @Override
    public void close() {
        records.close();
    }
}
