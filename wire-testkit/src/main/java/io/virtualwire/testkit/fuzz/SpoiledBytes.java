package io.virtualwire.testkit.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Spoils binary input: bits flipped, cut off, made longer, spliced with another, pieces swapped or repeated, and integers at the
 * edges of their range, preferably where the format has its fields.
 */
public final class SpoiledBytes implements Spoiler {
    private static final long[] EDGES = {
        0,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x1_0000,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x7fff_ffff_ffff_ffffL,
        0x8000_0000_0000_0000L,
        -1,
        -2
    };
    private static final int MOST_CHANGES = 3;
    private static final int UNTOUCHED_ONE_IN = 16;
    private static final int FIELD_LENGTHS = 4;

    private final List<byte[]> seeds;
    private final int longest;
    private final int[] fields;

    /**
     * @param longest no input is made longer than this
     * @param fields where the format's integers stand, from the beginning; may be none
     */
    public SpoiledBytes(List<byte[]> seeds, int longest, int... fields) {
        this.seeds = List.copyOf(seeds);
        this.longest = longest;
        this.fields = fields.clone();
    }

    @Override
    public byte[] next(RandomGenerator random) {
        byte[] bytes = seed(random).clone();
        if (random.nextInt(UNTOUCHED_ONE_IN) == 0) {
            return bytes;
        }
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
            bytes = spoil(bytes, random);
        }
        return bytes.length > longest ? Arrays.copyOf(bytes, longest) : bytes;
    }

    private byte[] seed(RandomGenerator random) {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] spoil(byte[] bytes, RandomGenerator random) {
        if (bytes.length == 0) {
            return noise(random, 1 + random.nextInt(64));
        }
        return switch (random.nextInt(12)) {
            case 0, 1 -> flip(bytes, random);
            case 2, 3, 4 -> edge(bytes, random);
            case 5 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 6 -> extend(bytes, random);
            case 7 -> splice(bytes, seed(random), random);
            case 8 -> cutOut(bytes, random);
            case 9 -> repeat(bytes, random);
            case 10 -> swap(bytes, random);
            default -> overwrite(bytes, random);
        };
    }

    private static byte[] flip(byte[] bytes, RandomGenerator random) {
        for (int bits = 1 + random.nextInt(8); bits > 0; bits--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    /** An integer at the edge of its range, or nearly as large as the input, in either byte order. */
    private byte[] edge(byte[] bytes, RandomGenerator random) {
        long value = random.nextInt(3) == 0
                ? bytes.length + random.nextInt(-32, 33)
                : EDGES[random.nextInt(EDGES.length)] - random.nextInt(3);
        int width = 1 << random.nextInt(FIELD_LENGTHS);
        int at = fields.length > 0 && random.nextInt(4) != 0
                ? fields[random.nextInt(fields.length)]
                : random.nextInt(bytes.length);
        boolean littleEndian = random.nextBoolean();
        for (int i = 0; i < width && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >>> 8 * (littleEndian ? i : width - 1 - i));
        }
        return bytes;
    }

    private byte[] extend(byte[] bytes, RandomGenerator random) {
        int more = random.nextInt(1 + Math.min(longest, random.nextInt(8) == 0 ? longest : 64));
        byte[] longer = Arrays.copyOf(bytes, Math.min(longest, bytes.length + more));
        if (random.nextBoolean()) {
            for (int i = bytes.length; i < longer.length; i++) {
                longer[i] = (byte) random.nextInt();
            }
        }
        return longer;
    }

    private static byte[] splice(byte[] head, byte[] tail, RandomGenerator random) {
        int from = random.nextInt(tail.length + 1);
        return join(head, 0, random.nextInt(head.length + 1), tail, from, tail.length);
    }

    private static byte[] cutOut(byte[] bytes, RandomGenerator random) {
        int from = random.nextInt(bytes.length);
        int to = from + 1 + random.nextInt(Math.min(bytes.length - from, 16));
        return join(bytes, 0, from, bytes, to, bytes.length);
    }

    private static byte[] repeat(byte[] bytes, RandomGenerator random) {
        int from = random.nextInt(bytes.length);
        int to = from + 1 + random.nextInt(bytes.length - from);
        return join(bytes, 0, to, bytes, from, bytes.length);
    }

    private byte[] swap(byte[] bytes, RandomGenerator random) {
        int width = 1 << random.nextInt(FIELD_LENGTHS);
        if (bytes.length < width) {
            return bytes;
        }
        int one = place(bytes, width, random);
        int other = place(bytes, width, random);
        for (int i = 0; i < width; i++) {
            byte kept = bytes[one + i];
            bytes[one + i] = bytes[other + i];
            bytes[other + i] = kept;
        }
        return bytes;
    }

    private int place(byte[] bytes, int width, RandomGenerator random) {
        int at = fields.length > 0 ? fields[random.nextInt(fields.length)] : random.nextInt(bytes.length);
        return Math.min(at, bytes.length - width);
    }

    private static byte[] overwrite(byte[] bytes, RandomGenerator random) {
        int from = random.nextInt(bytes.length);
        int to = from + 1 + random.nextInt(Math.min(bytes.length - from, 32));
        for (int i = from; i < to; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static byte[] noise(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] join(byte[] head, int headFrom, int headTo, byte[] tail, int tailFrom, int tailTo) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream(headTo - headFrom + tailTo - tailFrom);
        joined.write(head, headFrom, headTo - headFrom);
        joined.write(tail, tailFrom, tailTo - tailFrom);
        return joined.toByteArray();
    }
}
