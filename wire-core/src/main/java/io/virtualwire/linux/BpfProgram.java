package io.virtualwire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** An eBPF program for tc(8), which the kernel has verified. */
public final class BpfProgram implements AutoCloseable {
    private static final int CLASSIFIER = 3;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int LOG_BYTES = 1 << 18;
    private static final String LICENCE = "GPL";

    private final Bpf bpf;
    private final int descriptor;

    private BpfProgram(Bpf bpf, int descriptor) {
        this.bpf = bpf;
        this.descriptor = descriptor;
    }

    /** Has the kernel verify and compile it; the verifier's words are in the failure. */
    public static BpfProgram load(String name, byte[] instructions) {
        Bpf bpf = new Bpf();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = Bpf.attributes(arena);
            attributes.set(JAVA_INT, 0, CLASSIFIER);
            attributes.set(JAVA_INT, 4, instructions.length / INSTRUCTION_BYTES);
            attributes.set(ADDRESS, 8, arena.allocateFrom(JAVA_BYTE, instructions));
            attributes.set(ADDRESS, 16, arena.allocateFrom(LICENCE));
            Bpf.name(attributes, 48, name);
            int result = bpf.calls().bpf(Bpf.PROGRAM_LOAD, attributes);
            if (result < 0) {
                throw Bpf.failure("load the eBPF program " + name, result, verdict(bpf, arena, attributes));
            }
            return new BpfProgram(bpf, result);
        }
    }

    /* A log costs time, so it is asked for only once there is something to tell. */
    private static String verdict(Bpf bpf, Arena arena, MemorySegment attributes) {
        MemorySegment log = arena.allocate(LOG_BYTES);
        attributes.set(JAVA_INT, 24, 1);
        attributes.set(JAVA_INT, 28, LOG_BYTES);
        attributes.set(ADDRESS, 32, log);
        int again = bpf.calls().bpf(Bpf.PROGRAM_LOAD, attributes);
        if (again >= 0) {
            bpf.calls().close(again);
        }
        return log.getString(0);
    }

    public void pin(Path path) {
        bpf.pin(descriptor, path);
    }

    @Override
    public void close() {
        bpf.calls().close(descriptor);
    }
}
