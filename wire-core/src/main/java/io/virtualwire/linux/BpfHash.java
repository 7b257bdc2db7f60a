package io.virtualwire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A table from number to number that eBPF programs look things up in; not for use by two threads. */
public final class BpfHash implements AutoCloseable {
    private static final int HASH = 1;

    private final Bpf bpf;
    private final int descriptor;
    private boolean closed;

    private BpfHash(Bpf bpf, int descriptor) {
        this.bpf = bpf;
        this.descriptor = descriptor;
    }

    /** Makes one, which is gone with this process unless it is pinned. */
    public static BpfHash create(String name, int entries) {
        Bpf bpf = new Bpf();
        return new BpfHash(bpf, BpfArray.create(bpf, name, HASH, Integer.BYTES, entries, 0));
    }

    /** Finds one again. */
    public static BpfHash open(Path pinned) {
        Bpf bpf = new Bpf();
        return new BpfHash(bpf, bpf.pinned(pinned));
    }

    /** One that was found otherwise. */
    public static BpfHash of(BpfLookup.Found found) {
        return new BpfHash(new Bpf(), found.descriptor());
    }

    public void pin(Path path) {
        bpf.pin(descriptor, path);
    }

    /** For the program that uses it. */
    public int descriptor() {
        return descriptor;
    }

    /** Sets it in one step. */
    public void put(int key, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena, key, arena.allocateFrom(JAVA_INT, value));
            int result = bpf.calls().bpf(Bpf.MAP_UPDATE, attributes);
            if (result < 0) {
                throw Bpf.failure("enter " + Integer.toUnsignedString(key) + " in an eBPF map", result);
            }
        }
    }

    public OptionalInt get(int key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            int result = bpf.calls().bpf(Bpf.MAP_LOOKUP, attributes(arena, key, value));
            if (result < 0 && result != -Errno.ENOENT) {
                throw Bpf.failure("look up " + Integer.toUnsignedString(key) + " in an eBPF map", result);
            }
            return result < 0 ? OptionalInt.empty() : OptionalInt.of(value.get(JAVA_INT, 0));
        }
    }

    /** Nothing happens if it is not there. */
    public void remove(int key) {
        try (Arena arena = Arena.ofConfined()) {
            int result = bpf.calls().bpf(Bpf.MAP_DELETE, attributes(arena, key, MemorySegment.NULL));
            if (result < 0 && result != -Errno.ENOENT) {
                throw Bpf.failure("remove " + Integer.toUnsignedString(key) + " from an eBPF map", result);
            }
        }
    }

    public List<Integer> keys() {
        List<Integer> keys = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment attributes = Bpf.attributes(arena);
            attributes.set(JAVA_INT, 0, descriptor);
            attributes.set(ADDRESS, 16, key);
            while (bpf.calls().bpf(Bpf.MAP_NEXT_KEY, attributes) >= 0) {
                keys.add(key.get(JAVA_INT, 0));
                attributes.set(ADDRESS, 8, key);
            }
        }
        return keys;
    }

    private MemorySegment attributes(Arena arena, int key, MemorySegment value) {
        MemorySegment attributes = Bpf.attributes(arena);
        attributes.set(JAVA_INT, 0, descriptor);
        attributes.set(ADDRESS, 8, arena.allocateFrom(JAVA_INT, key));
        attributes.set(ADDRESS, 16, value);
        return attributes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            bpf.calls().close(descriptor);
        }
    }
}
