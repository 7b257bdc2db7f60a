package io.virtualwire.connector.succession;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.connector.succession.Parcel.Kind;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.Errno;
import io.virtualwire.linux.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a succession on a socket; integers are big-endian.
 *
 * <pre>
 *   +--------+---------+------+--------+----------------------+
 *   | "VWHO" | version | kind | length | payload: JSON object |
 *   |   4    |    2    |  2   |   4    | length bytes         |
 *   +--------+---------+------+--------+----------------------+
 * </pre>
 *
 * <pre>
 *   new                                old
 *    | ── GREETING ──────────────────▶ |  the versions it speaks
 *    | ◀───────────────── GREETING ─── |
 *    | ── READY ─────────────────────▶ |  stands still, lets go of the journal
 *    | ◀────────────── DESCRIPTORS ─── |  of the socket, then of devices; up to 200 in each
 *    | ◀─────────────────── ESTATE ─── |
 *    | ── TAKEN ─────────────────────▶ |
 *    | ◀────────────── DESCRIPTORS ─── |  of the interface's socket, if it was asked for by "listener" in the greeting; ends
 * </pre>
 *
 * <p>Instead of any of these either may say REFUSAL, or end: then the old one goes on. A greeting has version 1 for ever; what
 * follows has the highest that both speak. Fields that are not known are passed over, so what changes their meaning needs a
 * new version.
 */
final class Parcels {
    static final int LOWEST = 1;
    /** From version 2 on there may be several sockets. */
    static final int HIGHEST = 2;

    /** The socket of the interface. */
    static final String LISTENER = "listener";

    private static final int MARK = 0x5657484f;
    private static final int HEADER = 12;
    private static final int LONGEST = 1 << 30;
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final UnixSocket socket;
    private int version = 1;

    Parcels(UnixSocket socket) {
        this.socket = socket;
    }

    /**
     * Who speaks.
     *
     * @param release the release of the program, for people
     * @param wants what it would take besides; who does not know it leaves it out
     */
    record Greeting(
            int lowest,
            int highest,
            String release,
            @Nullable List<String> wants) {
        static Greeting of(String release) {
            return new Greeting(LOWEST, HIGHEST, release, null);
        }

        boolean wants(String what) {
            return wants != null && wants.contains(what);
        }
    }

    /** Agrees on the version; throws if there is none that both speak. */
    void agree(Greeting theirs) {
        int common = Math.min(HIGHEST, theirs.highest());
        if (common < LOWEST || common < theirs.lowest()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot hand over between release " + theirs.release() + " (versions " + theirs.lowest() + " to "
                            + theirs.highest() + " of the hand-over) and this one (" + LOWEST + " to " + HIGHEST + ")",
                    "stop the old connector, then start the new one: its journal brings the wires back within a second");
        }
        version = common;
    }

    /** Throws if this estate cannot be said in the version that was agreed on. */
    void requireSayable(Estate estate) {
        if (estate.version() > version) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot hand over " + estate.sockets() + " owner threads to a release that knows of one",
                    "stop this connector, then start the other one: its journal brings the wires back within a second");
        }
    }

    void patience(Duration longest) {
        socket.patience(longest);
    }

    void send(Kind kind, Object payload) {
        send(kind, payload, List.of());
    }

    void send(Kind kind, Object payload, List<Integer> descriptors) {
        byte[] bytes = encode(payload);
        ByteBuffer message = ByteBuffer.allocate(HEADER + bytes.length)
                .putInt(MARK)
                .putShort((short) (kind == Kind.GREETING ? 1 : version))
                .putShort((short) kind.ordinal())
                .putInt(bytes.length)
                .put(bytes);
        byte[] all = message.array();
        try {
            List<Integer> first = descriptors;
            for (int at = 0; at < all.length; ) {
                int sent = socket.send(all, at, all.length - at, first);
                if (sent == -Errno.EINTR) {
                    continue;
                }
                if (sent < 0) {
                    throw ended("send " + kind, sent);
                }
                at += sent;
                first = List.of();
            }
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(all, (byte) 0);
        }
    }

    /** Waits for one message; a refusal is thrown as what it says. */
    Parcel receive(Kind... expected) {
        List<Integer> descriptors = new ArrayList<>();
        ByteBuffer header = ByteBuffer.wrap(read(HEADER, descriptors));
        int mark = header.getInt();
        int theirs = header.getShort();
        int kind = header.getShort();
        int length = header.getInt();
        boolean known = kind >= 0 && kind < Kind.values().length;
        if (mark != MARK || !known || length < 0 || length > LONGEST || theirs > HIGHEST) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "what came over the socket is no hand-over of a version known here",
                    "stop the old connector, then start the new one");
        }
        Parcel parcel = new Parcel(Kind.values()[kind], read(length, descriptors), descriptors);
        if (parcel.kind() == Kind.REFUSAL) {
            throw decode(parcel, ErrorBody.class).exception();
        }
        if (!List.of(expected).contains(parcel.kind())) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    parcel.kind() + " was said in place of " + List.of(expected),
                    "stop the old connector, then start the new one");
        }
        return parcel;
    }

    /** Says why it is not to be, if that can still be said. */
    void refuse(WireException why) {
        try {
            send(Kind.REFUSAL, ErrorBody.of(why));
        } catch (WireException ended) {
            why.addSuppressed(ended);
        }
    }

    /** Reads the payload, and overwrites it. */
    <T> T decode(Parcel parcel, Class<T> type) {
        try {
            return JSON.readValue(parcel.payload(), type);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot understand " + parcel.kind() + ": " + e.getMessage(),
                    "stop the old connector, then start the new one",
                    e);
        } finally {
            Arrays.fill(parcel.payload(), (byte) 0);
        }
    }

    byte[] encode(Object payload) {
        try {
            return JSON.writeValueAsBytes(payload);
        } catch (IOException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write " + payload.getClass() + " as JSON", "", e);
        }
    }

    private byte[] read(int length, List<Integer> descriptors) {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            UnixSocket.Received received = socket.receive(bytes, at, length - at);
            descriptors.addAll(received.descriptors());
            if (received.length() == -Errno.EINTR) {
                continue;
            }
            if (received.length() <= 0) {
                throw ended("wait for the next message", received.length());
            }
            at += received.length();
        }
        return bytes;
    }

    private static WireException ended(String attempt, int result) {
        String reason = result == 0
                ? "the other connector has ended the connection"
                : result == -Errno.EAGAIN ? "the other connector took too long" : "errno " + -result;
        return new WireException(
                ErrorCode.UNAVAILABLE, "cannot " + attempt + " of the hand-over: " + reason, "see what it logged");
    }
}
