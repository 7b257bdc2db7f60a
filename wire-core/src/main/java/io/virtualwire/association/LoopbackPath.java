package io.virtualwire.association;

import io.virtualwire.control.Identity;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.port.Port;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The way from a daemon to itself, for wires whose two sides are both here: nothing is sealed, nothing leaves the process.
 *
 * <p>What is sent is delivered in a later task of the loop, so that no call comes back into its caller. Messages wait in one
 * of two buffers while those of the other are delivered:
 *
 * <pre>
 *   | payload length 4 | plain 4 | message header 32 | payload | next …
 * </pre>
 */
final class LoopbackPath implements WirePath {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int PREFIX = 2 * Integer.BYTES;
    private static final int FIRST_SIZE = 1 << 12;
    private static final int MOST_BYTES = 4 << 20;
    /** Messages answer each other a few times at most; this ends what should never happen. */
    private static final int MOST_ROUNDS = 1_000;

    private final Hub hub;
    private final DropTally drops = new DropTally();
    private final MessageHeader header = new MessageHeader();
    private final Runnable deliver = this::deliver;
    private byte[] waiting = new byte[FIRST_SIZE];
    private byte[] delivering = new byte[FIRST_SIZE];
    private int length;
    private final ArrayDeque<PeerMessage> said = new ArrayDeque<>();
    private int holders;
    private boolean announced;

    LoopbackPath(Hub hub) {
        this.hub = hub;
    }

    void hold() {
        holders++;
        if (!announced) {
            announced = true;
            hub.loop().execute(() -> hub.listener().sessionUp(this, true));
        }
    }

    void release() {
        holders--;
    }

    boolean isHeld() {
        return holders > 0;
    }

    DropTally drops() {
        return drops;
    }

    @Override
    public Identity peer() {
        return hub.self();
    }

    @Override
    public boolean isUp() {
        return true;
    }

    /** A whole frame: nothing on the way limits it. */
    @Override
    public int payloadBudget() {
        return Port.MAX_FRAME_BYTES;
    }

    /** HOT PATH. */
    @Override
    public boolean send(MessageHeader message, boolean plain, byte[] payload, int offset, int payloadLength) {
        int needed = length + PREFIX + MessageHeader.LENGTH + payloadLength;
        if (needed > MOST_BYTES) {
            drops.add(DropReason.UNDERLAY_CONGESTED);
            return false;
        }
        if (needed > waiting.length) {
            waiting = Arrays.copyOf(waiting, Math.max(needed, 2 * waiting.length));
        }
        if (length == 0) {
            hub.loop().execute(deliver);
        }
        INT.set(waiting, length, payloadLength);
        INT.set(waiting, length + Integer.BYTES, plain ? 1 : 0);
        message.copyTo(waiting, length + PREFIX);
        System.arraycopy(payload, offset, waiting, length + PREFIX + MessageHeader.LENGTH, payloadLength);
        length = needed;
        return true;
    }

    /** Nothing to do: what was sent is on its way. */
    @Override
    public void flush() {}

    @Override
    public boolean tell(PeerMessage message) {
        said.add(message);
        hub.loop().execute(this::deliverSaid);
        return true;
    }

    private void deliverSaid() {
        PeerMessage message = said.poll();
        if (message != null) {
            hub.listener().told(this, message);
        }
    }

    /** Delivers what is under way, and what comes of that, so that nothing is when this process is followed by another.
     * Whether there was anything. */
    boolean settle() {
        boolean any = length > 0 || !said.isEmpty();
        for (int round = 0; round < MOST_ROUNDS && (length > 0 || !said.isEmpty()); round++) {
            deliver();
            deliverSaid();
        }
        return any;
    }

    boolean isAnnounced() {
        return announced;
    }

    /** @param known whether another process has said already that there is a way */
    void restore(boolean known) {
        announced = known;
    }

    /** HOT PATH. */
    private void deliver() {
        byte[] bytes = waiting;
        int end = length;
        waiting = delivering;
        delivering = bytes;
        length = 0;
        for (int at = 0; at < end; ) {
            int payloadLength = (int) INT.get(bytes, at);
            boolean plain = (int) INT.get(bytes, at + Integer.BYTES) != 0;
            int payload = at + PREFIX + MessageHeader.LENGTH;
            hub.listener().message(this, header.wrap(bytes, at + PREFIX), plain, bytes, payload, payloadLength);
            at = payload + payloadLength;
        }
    }
}
