package io.virtualwire.connector.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A file system in memory that fails, or loses power, at a chosen step.
 *
 * <p>It keeps two states: what a process sees, and what is on the platter. A power cut leaves the second, plus any part
 * of the first that the kernel happened to write: a prefix of what was appended, possibly without some of its sectors. What a failed force has not written is
 * forgotten: the next one, which succeeds, does not write it either, as on Linux.
 */
final class FaultyFolder implements JournalFolder {
    private static final int SECTOR = 512;

    private Map<String, Content> seen = new HashMap<>();
    private Map<String, Content> durable = new HashMap<>();
    private int steps;
    private int failAt = -1;
    private int healAt = -1;
    private int cutAt = -1;
    private boolean cut;

    /** Step {@code step}, and all after it until {@code heal}, throw as a full disk does. */
    FaultyFolder failingFrom(int step, int heal) {
        failAt = step;
        healAt = heal;
        return this;
    }

    /** At step {@code step} the power is cut. */
    FaultyFolder cutAt(int step) {
        cutAt = step;
        return this;
    }

    int steps() {
        return steps;
    }

    boolean isCut() {
        return cut;
    }

    /** The folder as the next process finds it. */
    FaultyFolder afterPowerCut(Random random) {
        FaultyFolder next = new FaultyFolder();
        // A rename that was not synced may have reached the disk or not.
        Map<String, Content> names = random.nextBoolean() ? seen : durable;
        names.forEach((name, content) -> {
            Content found = new Content();
            found.seen = content.survivors(random);
            found.durable = found.seen;
            next.seen.put(name, found);
            next.durable.put(name, found);
        });
        return next;
    }

    byte[] bytes(String name) {
        return seen.get(name).seen;
    }

    void put(String name, byte[] bytes) {
        Content content = new Content();
        content.seen = bytes;
        content.durable = bytes;
        seen.put(name, content);
        durable.put(name, content);
    }

    @Override
    public boolean exists(String name) throws IOException {
        step();
        return seen.containsKey(name);
    }

    @Override
    public byte[] read(String name) throws IOException {
        step();
        return seen.get(name).seen.clone();
    }

    @Override
    public OpenFile open(String name) throws IOException {
        step();
        return new FaultyFile(seen.computeIfAbsent(name, it -> new Content()));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step();
        seen.put(to, seen.remove(from));
    }

    @Override
    public void delete(String name) throws IOException {
        step();
        seen.remove(name);
    }

    @Override
    public void sync() throws IOException {
        step();
        durable = new HashMap<>(seen);
    }

    @Override
    public String locate(String name) {
        return "/faulty/" + name;
    }

    @Override
    public String disk() {
        return "the disk of this test";
    }

    private void step() throws IOException {
        int now = steps++;
        if (cut || now == cutAt) {
            cut = true;
            throw new IOException("power cut at step " + now);
        }
        if (failAt >= 0 && now >= failAt && now < healAt) {
            throw new IOException("No space left on device");
        }
    }

    private static final class Content {
        private byte[] seen = new byte[0];
        private byte[] durable = new byte[0];
        /** What a failed force has given up. */
        private int givenUpFrom = Integer.MAX_VALUE;

        private int givenUpTo;

        void giveUp() {
            givenUpFrom = Math.min(givenUpFrom, durable.length);
            givenUpTo = seen.length;
        }

        void force() {
            durable = seen.clone();
            for (int at = givenUpFrom; at < Math.min(givenUpTo, durable.length); at++) {
                durable[at] = 0;
            }
        }

        byte[] survivors(Random random) {
            if (seen.length <= durable.length) {
                return random.nextBoolean() ? seen : durable;
            }
            int length = durable.length + random.nextInt(seen.length - durable.length + 1);
            byte[] found = Arrays.copyOf(seen, length);
            if (random.nextInt(4) == 0) {
                loseSectors(found, durable.length, random);
            }
            return found;
        }
    }

    /** Disks write whole sectors, in any order. */
    private static void loseSectors(byte[] found, int from, Random random) {
        for (int at = from; at < found.length; ) {
            int end = Math.min(found.length, (at / SECTOR + 1) * SECTOR);
            if (random.nextBoolean()) {
                Arrays.fill(found, at, end, (byte) 0);
            }
            at = end;
        }
    }

    private final class FaultyFile implements OpenFile {
        private final Content content;

        FaultyFile(Content content) {
            this.content = content;
        }

        @Override
        public long size() throws IOException {
            step();
            return content.seen.length;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            // Half of it first: both a full disk and a power cut may come in the middle of a write.
            int half = bytes.remaining() / 2;
            ByteBuffer first = bytes.slice(bytes.position(), half);
            step();
            add(first);
            step();
            bytes.position(bytes.position() + half);
            add(bytes);
        }

        @Override
        public void truncate(long size) throws IOException {
            step();
            content.seen = Arrays.copyOf(content.seen, (int) size);
            content.givenUpTo = Math.min(content.givenUpTo, (int) size);
        }

        @Override
        public void force() throws IOException {
            try {
                step();
            } catch (IOException e) {
                content.giveUp();
                throw e;
            }
            content.force();
        }

        @Override
        public void close() {}

        private void add(ByteBuffer bytes) {
            int at = content.seen.length;
            byte[] longer = Arrays.copyOf(content.seen, at + bytes.remaining());
            bytes.get(longer, at, bytes.remaining());
            content.seen = longer;
        }
    }
}
