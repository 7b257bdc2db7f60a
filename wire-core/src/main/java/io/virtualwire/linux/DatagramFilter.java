package io.virtualwire.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a UDP socket still takes while it is guarded, as a program that the kernel runs on each datagram before it queues it.
 *
 * <pre>
 *   first byte is one of ...      else drop
 *   the word there is one of ...  else drop
 *   source is one of ...          else drop, but for one in {@link #STRANGERS_ONE_IN}
 * </pre>
 *
 * <p>Classic BPF, which needs no privilege: 8 bytes an instruction, of 16-bit code, two 8-bit jumps and a 32-bit operand.
 *
 * @param firstBytes of the payload
 * @param wordOffset where in the payload the word stands, 32 bits, big-endian
 * @param words one of which it must be
 * @param ipv4Sources addresses, most significant byte first; heeded by an IPv4 socket only
 */
public record DatagramFilter(int[] firstBytes, int wordOffset, int[] words, int[] ipv4Sources) {
    /** The most words, and sources, that a filter can have. */
    public static final int MOST = 512;

    /** Of datagrams that are right but for their source so many get through, so that a peer whose address changes is heard. */
    static final int STRANGERS_ONE_IN = 64;

    private static final int LOAD_BYTE = 0x30;
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP = 0x05;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_AT_LEAST = 0x35;
    private static final int RETURN = 0x06;
    private static final int UDP_HEADER = 8;
    private static final int RANDOM = 0xffff_f000 + 56;
    private static final int IPV4_SOURCE = 0xfff0_0000 + 12;
    private static final int ALL = -1;
    private static final int INSTRUCTION = 8;
    private static final int PROGRAM_SIZE = 16;

    /** Writes struct sock_fprog and what it points to. */
    MemorySegment program(Arena arena, boolean ipv4) {
        boolean bySource = ipv4 && ipv4Sources.length > 0;
        int sources = bySource ? 1 + 2 * ipv4Sources.length + 2 : 0;
        int length = 1 + 2 * firstBytes.length + 1 + 1 + 2 * words.length + 1 + sources + 2;
        Writer writer = new Writer(arena.allocate((long) length * INSTRUCTION, 8));
        int accept = length - 2;
        int drop = length - 1;
        int afterBytes = 1 + 2 * firstBytes.length + 1;
        int afterWords = afterBytes + 1 + 2 * words.length + 1;
        writer.add(LOAD_BYTE, 0, 0, UDP_HEADER);
        writer.oneOf(firstBytes, afterBytes);
        writer.jump(drop);
        writer.add(LOAD_WORD, 0, 0, UDP_HEADER + wordOffset);
        writer.oneOf(words, afterWords);
        writer.jump(drop);
        if (bySource) {
            writer.add(LOAD_WORD, 0, 0, IPV4_SOURCE);
            writer.oneOf(ipv4Sources, accept);
            writer.add(LOAD_WORD, 0, 0, RANDOM);
            writer.add(JUMP_IF_AT_LEAST, 1, 0, (int) ((1L << 32) / STRANGERS_ONE_IN));
        }
        writer.add(RETURN, 0, 0, ALL);
        writer.add(RETURN, 0, 0, 0);
        MemorySegment program = arena.allocate(PROGRAM_SIZE, 8);
        program.set(ValueLayout.JAVA_SHORT, 0, (short) length);
        program.set(ValueLayout.JAVA_LONG, 8, writer.code.address());
        return program;
    }

    private static final class Writer {
        private final MemorySegment code;
        private int next;

        Writer(MemorySegment code) {
            this.code = code;
        }

        void add(int operation, int ifTrue, int ifFalse, int operand) {
            long at = (long) next++ * INSTRUCTION;
            code.set(ValueLayout.JAVA_SHORT, at, (short) operation);
            code.set(ValueLayout.JAVA_BYTE, at + 2, (byte) ifTrue);
            code.set(ValueLayout.JAVA_BYTE, at + 3, (byte) ifFalse);
            code.set(ValueLayout.JAVA_INT, at + 4, operand);
        }

        /** To the instruction of that number. */
        void jump(int to) {
            add(JUMP, 0, 0, to - next - 1);
        }

        /** Two instructions each, since a conditional jump is at most 255 long. */
        void oneOf(int[] values, int thenTo) {
            for (int value : values) {
                add(JUMP_IF_EQUAL, 0, 1, value);
                jump(thenTo);
            }
        }
    }
}
