package io.virtualwire.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes eBPF instructions (RFC 9669).
 *
 * <pre>
 * +---------------+-------+-------+-------------------------------+---------------------------------------------------------------+
 * |    opcode     |  dst  |  src  |            offset             |                           immediate                           |
 * +---------------+-------+-------+-------------------------------+---------------------------------------------------------------+
 *  8 bits, the lower registers' nibble first in memory, then 16 and 32 bits, little-endian
 * </pre>
 *
 * <p>Registers are numbers: 0 is what a call returned, 1 to 5 its arguments (lost by it), 6 to 9 are kept, 10 is the stack's
 * end. A size is one of {@link #WORD}, {@link #HALF}, {@link #BYTE}, {@link #DOUBLE}.
 */
final class Assembler {
    static final int WORD = 0x00;
    static final int HALF = 0x08;
    static final int BYTE = 0x10;
    static final int DOUBLE = 0x18;

    private static final int INSTRUCTION = 8;
    private static final int MOST = 512;
    private static final int MAP_BY_DESCRIPTOR = 1;
    private static final int VALUE_BY_DESCRIPTOR = 2;

    private final ByteBuffer code = ByteBuffer.allocate(MOST * INSTRUCTION).order(ByteOrder.LITTLE_ENDIAN);
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Integer, String> jumps = new HashMap<>();

    private Assembler put(int opcode, int to, int from, int offset, int immediate) {
        code.put((byte) opcode)
                .put((byte) (from << 4 | to))
                .putShort((short) offset)
                .putInt(immediate);
        return this;
    }

    Assembler move(int to, int from) {
        return put(0xbf, to, from, 0, 0);
    }

    Assembler set(int to, int immediate) {
        return put(0xb7, to, 0, 0, immediate);
    }

    Assembler add(int to, int immediate) {
        return put(0x07, to, 0, 0, immediate);
    }

    Assembler shiftRight(int to, int bits) {
        return put(0x77, to, 0, 0, bits);
    }

    /** {@code to = *(from + offset)} */
    Assembler load(int size, int to, int from, int offset) {
        return put(0x61 | size, to, from, offset, 0);
    }

    /** {@code *(to + offset) = from} */
    Assembler store(int size, int to, int offset, int from) {
        return put(0x63 | size, to, from, offset, 0);
    }

    /** {@code *(to + offset) = immediate} */
    Assembler storeNumber(int size, int to, int offset, int immediate) {
        return put(0x62 | size, to, 0, offset, immediate);
    }

    /** {@code *(to + offset) += from}, 64 bits, as one step for all processors. */
    Assembler addAtomically(int to, int offset, int from) {
        return put(0xdb, to, from, offset, 0);
    }

    /** The address of a map, for a call. */
    Assembler map(int to, int descriptor) {
        return put(0x18, to, MAP_BY_DESCRIPTOR, 0, descriptor).put(0, 0, 0, 0, 0);
    }

    /** The address of the only record of an array. */
    Assembler record(int to, int descriptor) {
        return put(0x18, to, VALUE_BY_DESCRIPTOR, 0, descriptor).put(0, 0, 0, 0, 0);
    }

    Assembler call(int function) {
        return put(0x85, 0, 0, 0, function);
    }

    Assembler exit() {
        return put(0x95, 0, 0, 0, 0);
    }

    Assembler jump(String label) {
        return jumpTo(label).put(0x05, 0, 0, 0, 0);
    }

    Assembler ifEqual(int register, int immediate, String label) {
        return jumpTo(label).put(0x15, register, 0, 0, immediate);
    }

    Assembler ifNotEqual(int register, int immediate, String label) {
        return jumpTo(label).put(0x55, register, 0, 0, immediate);
    }

    /** Both registers whole. */
    Assembler ifDifferent(int register, int other, String label) {
        return jumpTo(label).put(0x5d, register, other, 0, 0);
    }

    /** Without sign. */
    Assembler ifNotAbove(int register, int other, String label) {
        return jumpTo(label).put(0xbd, register, other, 0, 0);
    }

    Assembler label(String label) {
        if (labels.put(label, here()) != null) {
            throw new IllegalStateException("label " + label + " is there twice");
        }
        return this;
    }

    byte[] instructions() {
        jumps.forEach((at, label) -> {
            Integer target = labels.get(label);
            if (target == null) {
                throw new IllegalStateException("label " + label + " is nowhere");
            }
            code.putShort(at * INSTRUCTION + 2, (short) (target - at - 1));
        });
        return Arrays.copyOf(code.array(), code.position());
    }

    private Assembler jumpTo(String label) {
        jumps.put(here(), label);
        return this;
    }

    private int here() {
        return code.position() / INSTRUCTION;
    }
}
