package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * How many frames an interface has sent: of a TAP, how many whoever holds its descriptor has read.
 *
 * <p>Read from /proc/net/dev of the interface's namespace, for which the kernel takes no lock that others may hold for long.
 * Allocates nothing. Used by one thread, except that it may be opened by another.
 *
 * <pre>
 * Inter-|   Receive                                                |  Transmit
 *  face |bytes packets errs drop fifo frame compressed multicast   |bytes packets errs drop fifo colls carrier compressed
 *  tap0: 8 numbers                                                  8 numbers
 * </pre>
 */
public final class TransmitCounter implements AutoCloseable {
    private static final int CHUNK = 16_384;
    private static final int NUMBERS_BEFORE = 9;

    private final String device;
    private final byte[] name;
    private final FileChannel file;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);

    // Where the reading of the table is.
    private boolean inName;
    private int matched;
    private int numbers;
    private long number;
    private boolean inNumber;

    private TransmitCounter(String device) throws IOException {
        this.device = device;
        name = device.getBytes(StandardCharsets.UTF_8);
        file = FileChannel.open(Path.of("/proc/thread-self/net/dev"));
    }

    /** Opens the counter of an interface, which may come and go. */
    public static TransmitCounter open(NetworkNamespace namespace, String device) {
        return namespace.call(() -> {
            try {
                return new TransmitCounter(device);
            } catch (IOException e) {
                throw new WireException(
                        ErrorCode.SYSTEM, "cannot read the counters of interface " + device, "mount /proc", e);
            }
        });
    }

    /** How many so far; -1 if there is no such interface. */
    public long frames() {
        inName = true;
        matched = 0;
        numbers = -1;
        long at = 0;
        try {
            while (true) {
                chunk.clear();
                int count = file.read(chunk, at);
                if (count <= 0) {
                    return -1;
                }
                at += count;
                for (int i = 0; i < count; i++) {
                    if (found(chunk.get(i))) {
                        return number;
                    }
                }
            }
        } catch (IOException e) {
            return -1;
        }
    }

    private boolean found(byte next) {
        if (next == '\n') {
            inName = true;
            matched = 0;
        } else if (inName) {
            nameGoesOn(next);
        } else if (numbers >= 0) {
            return numberGoesOn(next);
        }
        return false;
    }

    private void nameGoesOn(byte next) {
        if (next == ':') {
            inName = false;
            numbers = matched == name.length ? 0 : -1;
            inNumber = false;
        } else if (next != ' ') {
            matched = matched >= 0 && matched < name.length && name[matched] == next ? matched + 1 : -1;
        }
    }

    private boolean numberGoesOn(byte next) {
        if (next >= '0' && next <= '9') {
            number = (inNumber ? number * 10 : 0) + next - '0';
            inNumber = true;
            return false;
        }
        if (inNumber) {
            inNumber = false;
            numbers++;
        }
        return numbers > NUMBERS_BEFORE;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new WireException(ErrorCode.SYSTEM, "cannot close the counters of " + device, "see the cause", e);
        }
    }
}
