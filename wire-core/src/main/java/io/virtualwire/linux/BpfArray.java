package io.virtualwire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * Records that eBPF programs and this process have in common as memory: each number in them is read and written whole, by
 * both, without a system call.
 */
public final class BpfArray implements AutoCloseable {
    private static final int ARRAY = 2;
    private static final int MMAPABLE = 1 << 10;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final Bpf bpf;
    private final Arena arena = Arena.ofShared();
    private final int descriptor;
    private final int recordBytes;
    private final MemorySegment records;

    private BpfArray(Bpf bpf, int descriptor, int recordBytes, int entries) {
        this.bpf = bpf;
        this.descriptor = descriptor;
        this.recordBytes = recordBytes;
        MemorySegment shared = bpf.calls()
                .mapShared(descriptor, (long) recordBytes * entries)
                .orElseThrow(() -> {
                    bpf.calls().close(descriptor);
                    return Bpf.failure("share an eBPF array with the kernel", -Errno.EINVAL);
                });
        // Who uses it after it was closed is told so, instead of hitting what is there then.
        records = shared.reinterpret(arena, mapped -> new Syscalls().unmap(mapped));
    }

    /**
     * Makes one of zeros, which is gone with this process unless it is pinned.
     *
     * @param recordBytes a multiple of eight
     */
    public static BpfArray create(String name, int recordBytes, int entries) {
        Bpf bpf = new Bpf();
        return new BpfArray(bpf, create(bpf, name, ARRAY, recordBytes, entries, MMAPABLE), recordBytes, entries);
    }

    /** Finds one again that was made with the same sizes. */
    public static BpfArray open(Path pinned, int recordBytes, int entries) {
        Bpf bpf = new Bpf();
        return new BpfArray(bpf, bpf.pinned(pinned), recordBytes, entries);
    }

    /** One that was found otherwise, made with the same sizes. */
    public static BpfArray of(BpfLookup.Found found) {
        return new BpfArray(new Bpf(), found.descriptor(), found.valueBytes(), found.entries());
    }

    /* Keys of all maps here are four bytes long. */
    static int create(Bpf bpf, String name, int kind, int valueBytes, int entries, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = Bpf.attributes(arena);
            attributes.set(JAVA_INT, 0, kind);
            attributes.set(JAVA_INT, 4, Integer.BYTES);
            attributes.set(JAVA_INT, 8, valueBytes);
            attributes.set(JAVA_INT, 12, entries);
            attributes.set(JAVA_INT, 16, flags);
            Bpf.name(attributes, 28, name);
            int result = bpf.calls().bpf(Bpf.MAP_CREATE, attributes);
            if (result < 0) {
                throw Bpf.failure("make the eBPF map " + name, result);
            }
            return result;
        }
    }

    public void pin(Path path) {
        bpf.pin(descriptor, path);
    }

    /** For the program that uses it. */
    public int descriptor() {
        return descriptor;
    }

    public int intAt(int entry, int offset) {
        return (int) INT.getVolatile(records, at(entry, offset));
    }

    public void intAt(int entry, int offset, int value) {
        INT.setVolatile(records, at(entry, offset), value);
    }

    /** Changes it unless the program has done so. */
    public boolean change(int entry, int offset, int expected, int value) {
        return INT.compareAndSet(records, at(entry, offset), expected, value);
    }

    public long longAt(int entry, int offset) {
        return (long) LONG.getVolatile(records, at(entry, offset));
    }

    public void longAt(int entry, int offset, long value) {
        LONG.setVolatile(records, at(entry, offset), value);
    }

    /** Makes the record zeros. */
    public void clear(int entry) {
        for (int offset = 0; offset < recordBytes; offset += Long.BYTES) {
            longAt(entry, offset, 0);
        }
    }

    private long at(int entry, int offset) {
        return (long) entry * recordBytes + offset;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            bpf.calls().close(descriptor);
        }
    }
}
