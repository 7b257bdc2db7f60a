package io.virtualwire.testkit.fabric;

import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import io.virtualwire.wire.PeerMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The underlay between the daemons: datagrams in the weather, and sessions with a control stream. */
final class VirtualNetwork {
    private static final long HANDSHAKE_NANOS = 3_000_000;
    private static final long REDIAL_NANOS = 150_000_000;
    /** How long a broken control stream goes unnoticed. */
    private static final long NOTICE_NANOS = 300_000_000;
    /** After how long a daemon that nobody reaches is taken for silent. */
    private static final long SILENT_NANOS = 3_000_000_000L;
    /** How late the second of two copies comes. */
    private static final long LATE_NANOS = 150_000_000;

    private static final Step NO_STEP = new Step("", "", "");

    private record Pair(String low, String high) {
        static Pair of(String one, String other) {
            return one.compareTo(other) < 0 ? new Pair(one, other) : new Pair(other, one);
        }
    }

    private final VirtualTime time;
    private final Random random;
    private final Ledger ledger;
    private final Trace trace;
    private final Map<String, VirtualDaemon> daemons = new HashMap<>();
    private final Map<Pair, VirtualSession> sessions = new HashMap<>();
    private final Set<Pair> dialling = new HashSet<>();
    private final Set<Pair> cut = new HashSet<>();
    private final boolean changing;
    private Weather weather;
    private Interference interference = Interference.NONE;

    /** @param changing whether there are several lanes between two daemons, which sometimes fail */
    VirtualNetwork(VirtualTime time, Random random, Ledger ledger, Trace trace, Weather weather, boolean changing) {
        this.changing = changing;
        this.time = time;
        this.random = random;
        this.ledger = ledger;
        this.trace = trace;
        this.weather = weather;
    }

    void weather(Weather newWeather) {
        weather = newWeather;
    }

    void interference(Interference meddler) {
        interference = meddler;
    }

    Interference interference() {
        return interference;
    }

    boolean isCut(String one, String other) {
        return cut.contains(Pair.of(one, other));
    }

    void add(VirtualDaemon daemon) {
        daemons.put(daemon.name(), daemon);
    }

    // Who reaches whom

    void cut(String one, String other) {
        Pair pair = Pair.of(one, other);
        if (cut.add(pair)) {
            time.after(NOTICE_NANOS, () -> {
                if (cut.contains(pair)) {
                    breakStream(pair);
                }
            });
        }
    }

    void mend(String one, String other) {
        cut.remove(Pair.of(one, other));
    }

    void mendAll() {
        cut.clear();
    }

    /** The control stream between the two breaks; the data path does not notice. */
    void breakStream(String one, String other) {
        breakStream(Pair.of(one, other));
    }

    private void breakStream(Pair pair) {
        VirtualSession session = sessions.get(pair);
        if (session != null && session.isStreamUp()) {
            session.breakStream(time.nanoTime());
            dial(pair, REDIAL_NANOS);
        }
    }

    /** The daemon's process is gone: what it had is, too. */
    void lost(VirtualDaemon daemon) {
        for (Pair pair : List.copyOf(sessions.keySet())) {
            if (pair.low.equals(daemon.name()) || pair.high.equals(daemon.name())) {
                VirtualSession session = sessions.get(pair);
                if (session != null) {
                    session.breakStream(time.nanoTime());
                    dial(pair, REDIAL_NANOS);
                }
            }
        }
    }

    // Sessions

    /** Somebody wants a session between these two; it is made as soon as both are there. */
    void want(String one, String other) {
        Pair pair = Pair.of(one, other);
        VirtualSession session = sessions.get(pair);
        if (session == null || !session.isStreamUp()) {
            dial(pair, HANDSHAKE_NANOS);
        }
    }

    private void dial(Pair pair, long delay) {
        if (dialling.add(pair)) {
            time.after(delay + random.nextInt(2_000_000), () -> {
                dialling.remove(pair);
                handshake(pair);
            });
        }
    }

    private void handshake(Pair pair) {
        VirtualDaemon low = daemons.get(pair.low);
        VirtualDaemon high = daemons.get(pair.high);
        if (low == null || high == null || !low.wants(pair.high) && !high.wants(pair.low)) {
            return;
        }
        if (cut.contains(pair) || !low.isAwake() || !high.isAwake()) {
            dial(pair, REDIAL_NANOS);
            return;
        }
        VirtualSession old = sessions.get(pair);
        VirtualSession session = new VirtualSession(low, high);
        if (old != null) {
            old.breakStream(time.nanoTime());
        }
        sessions.put(pair, session);
        up(session, low, high);
        up(session, high, low);
    }

    private void up(VirtualSession session, VirtualDaemon daemon, VirtualDaemon peer) {
        int life = daemon.life();
        time.after(random.nextInt(1_000_000), () -> {
            if (daemon.isAwake() && daemon.life() == life && session.isStreamUp()) {
                daemon.up(peer.name(), session, peer.life());
            }
        });
    }

    // Messages

    boolean tell(VirtualSession session, VirtualDaemon from, String to, PeerMessage message) {
        if (!session.isStreamUp()) {
            return false;
        }
        VirtualDaemon receiver = daemons.get(to);
        Step step = interference == Interference.NONE ? NO_STEP : new Step("tell " + name(message), from.name(), to);
        Interference.Fate fate = interference.begins(step);
        Pair pair = Pair.of(from.name(), to);
        if (receiver == null || fate == Interference.Fate.LOST || cut.contains(pair)) {
            // A stream loses nothing but by its end.
            time.after(NOTICE_NANOS, () -> {
                if (sessions.get(pair) == session) {
                    breakStream(pair);
                }
            });
            return true;
        }
        int life = receiver.life();
        long delay = weather.minDelay().toNanos() + random.nextInt(1_000_000);
        if (weather.lossPerMille() > 0 && random.nextInt(1_000) < weather.lossPerMille()) {
            delay += 200_000_000L;
        }
        long arrives = session.arrival(from.name(), time.nanoTime() + delay);
        time.after(arrives - time.nanoTime(), () -> {
            if (session.isStreamUp() && receiver.isUp() && receiver.life() == life) {
                trace.add("%s told by %s: %s", to, from.name(), message);
                receiver.told(from.name(), message);
                if (fate == Interference.Fate.ARRIVES_TWICE) {
                    receiver.told(from.name(), message);
                }
                interference.done(step);
            }
        });
        return true;
    }

    boolean isSilent(VirtualSession session) {
        return session.brokenFor(time.nanoTime()) > SILENT_NANOS;
    }

    /** Whether a lane that did not work now does, or the other way round; such a change may reorder. */
    boolean changesRoute() {
        return changing && !weather.jitter().isZero() && random.nextInt(200) == 0;
    }

    /** An engine sends this; it may take a moment to the underlay. */
    Ledger.@Nullable Entry sent(VirtualDaemon from, String to, MessageHeader header, byte[] payload) {
        return carriesFrame(header) ? ledger.sent(header, from.name(), to, payload) : null;
    }

    private static boolean carriesFrame(MessageHeader header) {
        return header.kind() == MessageKind.FRAME || header.kind() == MessageKind.RELAYED_FRAME;
    }

    /**
     * Something goes on the underlay.
     *
     * @param entry what {@link #sent} said of it
     */
    void send(
            VirtualSession session,
            VirtualDaemon from,
            String to,
            Ledger.@Nullable Entry entry,
            boolean around,
            MessageHeader header,
            boolean plain,
            byte[] payload) {
        VirtualDaemon receiver = daemons.get(to);
        boolean carriesFrame = carriesFrame(header);
        // HOT PATH of every simulation: names cost more than all else.
        Step step = interference == Interference.NONE ? NO_STEP : new Step(kind(header), from.name(), to);
        Interference.Fate fate = interference.begins(step);
        boolean lost = receiver == null
                || fate == Interference.Fate.LOST
                || cut.contains(Pair.of(from.name(), to))
                || random.nextInt(1_000) < weather.lossPerMille();
        if (!carriesFrame) {
            trace.add("%s %s %s #%d%s", from.name(), kind(header), to, header.frameNumber(), lost ? " LOST" : "");
        }
        if (lost || receiver == null) {
            ledger.excuse(entry, "lost on the underlay");
            return;
        }
        byte[] copy = new byte[MessageHeader.LENGTH];
        header.copyTo(copy, 0);
        long jitter = weather.jitter().toNanos();
        long delay = weather.minDelay().toNanos() + (jitter == 0 ? 0 : (long) (random.nextDouble() * jitter));
        time.after(delay, () -> {
            if (receiver.isUp() && session.lifeOf(to) == receiver.life()) {
                receiver.received(from.name(), session, around, new MessageHeader(copy, 0), plain, payload);
                interference.done(step);
            } else {
                ledger.excuse(entry, "receiver crashed");
            }
        });
        if (fate == Interference.Fate.ARRIVES_TWICE && !carriesFrame) {
            // As if the sender had repeated it: the replay window lets no copy of the very same datagram pass.
            time.after(delay + LATE_NANOS, () -> {
                if (receiver.isUp() && session.lifeOf(to) == receiver.life()) {
                    receiver.received(from.name(), session, around, new MessageHeader(copy, 0), plain, payload);
                }
            });
        }
    }

    private static String kind(MessageHeader header) {
        String name = switch (header.kind()) {
            case MessageKind.FRAME -> "FRAME";
            case MessageKind.RELAYED_FRAME -> "RELAYED_FRAME";
            case MessageKind.HELLO -> "HELLO";
            case MessageKind.HELLO_ACK -> "HELLO_ACK";
            case MessageKind.END -> "END";
            case MessageKind.END_ACK -> "END_ACK";
            case MessageKind.RELAYED_END -> "RELAYED_END";
            case MessageKind.RELAYED_END_ACK -> "RELAYED_END_ACK";
            default -> Integer.toString(header.kind());
        };
        return name + (header.superseded() ? " (superseded)" : "") + " g" + header.senderGeneration() + "->g"
                + header.receiverGeneration();
    }

    private static String name(PeerMessage message) {
        return switch (message) {
            case PeerMessage.Offer offer ->
                "offer " + (offer.relay() ? "of a relay " : "")
                        + offer.role().name().toLowerCase(Locale.ROOT) + " g"
                        + offer.generation().number() + "->g"
                        + offer.peerGeneration().number();
            case PeerMessage.Withdraw _ -> "withdraw";
            case PeerMessage.Prepared prepared ->
                "prepared g" + prepared.generation().number();
            case PeerMessage.PreparedExcept except ->
                "preparedExcept g" + except.generation().number();
            case PeerMessage.CallOff callOff ->
                "callOff g" + callOff.generation().number();
            case PeerMessage.CalledOff calledOff ->
                "calledOff g" + calledOff.generation().number();
            case PeerMessage.Handoff handoff ->
                "handoff g" + handoff.generation().number();
            case PeerMessage.HandoffAck ack -> "handoffAck g" + ack.generation().number();
        };
    }

    List<VirtualDaemon> daemons() {
        return new ArrayList<>(daemons.values());
    }
}
