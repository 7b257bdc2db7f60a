package io.virtualwire.kernel;

import io.virtualwire.linux.BpfArray;
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
 *      8    8×n  how many frames were dropped, by {@link KernelDrop}
 * </pre>
 */
final class Board implements AutoCloseable {
    static final int DEVICE = 0;
    private static final int LAST_VNI = 4;
    private static final int DROPS = 8;
    private static final int BYTES = DROPS + Long.BYTES * KernelDrop.values().length;
    private static final int ONLY = 0;

    private final BpfArray record;

    private Board(BpfArray record) {
        this.record = record;
    }

    static Board create() {
        return new Board(BpfArray.create("vw_board", BYTES, 1));
    }

    static Board open(Path pinned) {
        return new Board(BpfArray.open(pinned, BYTES, 1));
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
