package io.virtualwire.kernel;

import io.virtualwire.linux.BpfArray;
import io.virtualwire.linux.BpfLookup;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * What both programs and this process know in common: one record.
 *
 * <pre>
 * offset  bytes
 *      0      4  index of the VXLAN device
 *      4      4  the VNI that was given out last
 *      8      4  from which IPv4 address frames leave; 0: the routes choose
 *     12      4  unused
 *     16    8×n  how many frames were dropped, by {@link KernelDrop}
 * </pre>
 */
final class Board implements AutoCloseable {
    static final int DEVICE = 0;
    private static final int LAST_VNI = 4;
    static final int SOURCE = 8;
    private static final int DROPS = 16;
    private static final int BYTES = DROPS + Long.BYTES * KernelDrop.values().length;
    private static final int ONLY = 0;

    private final BpfArray record;

    private Board(BpfArray record) {
        this.record = record;
    }

    static Board create() {
        return new Board(BpfArray.create(Tables.BOARD, BYTES, 1));
    }

    static Board open(Path pinned) {
        return new Board(BpfArray.open(pinned, BYTES, 1));
    }

    /** Whether that is one of these. */
    static boolean fits(BpfLookup.Found found) {
        return found.valueBytes() == BYTES && found.entries() == 1;
    }

    static Board of(BpfLookup.Found found) {
        return new Board(BpfArray.of(found));
    }

    static int offset(KernelDrop reason) {
        return DROPS + Long.BYTES * reason.ordinal();
    }

    void pin(Path path) {
        record.pin(path);
    }

    int descriptor() {
        return record.descriptor();
    }

    int device() {
        return record.intAt(ONLY, DEVICE);
    }

    void device(int index) {
        record.intAt(ONLY, DEVICE, index);
    }

    int lastVni() {
        return record.intAt(ONLY, LAST_VNI);
    }

    void lastVni(int vni) {
        record.intAt(ONLY, LAST_VNI, vni);
    }

    void source(int address) {
        record.intAt(ONLY, SOURCE, address);
    }

    Map<KernelDrop, Long> drops() {
        Map<KernelDrop, Long> drops = new EnumMap<>(KernelDrop.class);
        for (KernelDrop reason : KernelDrop.values()) {
            drops.put(reason, record.longAt(ONLY, offset(reason)));
        }
        return drops;
    }

    @Override
    public void close() {
        record.close();
    }
}
