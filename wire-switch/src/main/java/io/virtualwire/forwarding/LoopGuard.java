package io.virtualwire.forwarding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds ports of one bridge that are connected behind the bridge's back, and says which of them is superfluous.
 *
 * <p>Each port that forwards says every now and then, in a probe, which port it is. A port that hears a probe of an older
 * one, in the VLAN in which it was sent, is blocked; when it has heard none for {@link #SILENCE} it forwards again.
 *
 * <pre>
 *                hears an older port
 *   FORWARDING ──────────────────────▶ BLOCKED ──┐
 *        ▲                                │  ▲   │ hears it again
 *        └── silence, or it was removed ──┘  └───┘
 * </pre>
 *
 * <p>In a loop through several bridges one must do that and the others not. Bridges have ids, and a bridge passes probes of
 * lower ids on, and none of higher: so a bridge hears its own exactly if it is the lowest in the loop. By induction from the
 * highest id down, each bridge keeps one port to each part of the network of higher ids: a spanning forest, and no more is
 * blocked than that takes.
 *
 * <p>A probe names its port by a number that only those behind that port can know, so that a guest can get no port blocked but
 * its own.
 */
public final class LoopGuard {
    /** How long a blocked port believes the last probe that it heard. */
    public static final Duration SILENCE = Duration.ofMillis(600);

    /* When several ports wait for the same one and it falls silent, the next is to be heard by the others first. */
    private static final Duration PRECEDENCE = Duration.ofMillis(100);
    private static final int REMEMBERED_PROBES = 1024;
    private static final int CHANGES_PER_SECOND = 10;
    private static final int RELAYED_PER_SECOND = 20_000;

    private final LongSupplier secrets;
    private final Map<Integer, GuardedPort> ports = new LinkedHashMap<>();
    private final List<String> order = new ArrayList<>();
    private final Set<Heard> relayed = latest(REMEMBERED_PROBES);
    private final Set<Heard> noticed = latest(Bridge.DEFAULT_BOUND);
    private final RateLimit relaying = RateLimit.to(new StormRate(RELAYED_PER_SECOND, StormRate.Unit.FRAMES));
    private final RateLimit changing = RateLimit.to(new StormRate(CHANGES_PER_SECOND, StormRate.Unit.FRAMES));
    private long id;
    private long changes;

    /** What came from another bridge: about a port of its, about a station, or about nothing but itself. */
    private record Heard(long origin, long about, long sequence) {}

    /** A port that forwards again, and the one that it had been blocked for. */
    public record Freed(int port, int instead) {}

    /** What a successor has to know. */
    public record State(long id, List<String> order, List<String> blocked) {
        public State {
            order = List.copyOf(order);
            blocked = List.copyOf(blocked);
        }
    }

    private static final class GuardedPort {
        final int number;
        final String name;
        final long secret;
        boolean blocked;
        int superior = -1;
        long heardAt;
        boolean neighbour;
        boolean probed;
        long neighbourAt;

        GuardedPort(int number, String name, long secret) {
            this.number = number;
            this.name = name;
            this.secret = secret;
        }
    }

    /** @param secrets numbers that nobody can guess */
    public LoopGuard(LongSupplier secrets) {
        this.secrets = secrets;
        id = secrets.getAsLong();
    }

    /** The bridge's id. */
    public long id() {
        return id;
    }

    public void addPort(int number, String name) {
        ports.put(number, new GuardedPort(number, name, secrets.getAsLong()));
        if (!order.contains(name)) {
            order.add(name);
        }
    }

    /** The port is gone; those that were blocked for it need not wait. */
    public void removePort(int number, long now) {
        GuardedPort gone = ports.remove(number);
        if (gone != null) {
            order.remove(gone.name);
            for (GuardedPort port : ports.values()) {
                if (port.blocked && port.superior == number) {
                    port.heardAt = now - SILENCE.toNanos();
                }
            }
        }
    }

    /** What a probe of this port calls it. */
    public long secret(int number) {
        GuardedPort port = ports.get(number);
        return port == null ? 0 : port.secret;
    }

    public boolean isBlocked(int number) {
        GuardedPort port = ports.get(number);
        return port != null && port.blocked;
    }

    /** The name of the port for which this one is blocked; empty if it is not. */
    public String blockedFor(int number) {
        GuardedPort port = ports.get(number);
        if (port == null || !port.blocked) {
            return "";
        }
        GuardedPort superior = ports.get(port.superior);
        return superior == null ? "?" : superior.name;
    }

    /** The number of the port for which this one is blocked, or was last; -1 if there is none. */
    public int superior(int number) {
        GuardedPort port = ports.get(number);
        return port == null ? -1 : port.superior;
    }

    /**
     * A probe of this bridge came back.
     *
     * @param secret what it calls its port
     * @return whether the port by which it came is to be blocked now, and was not before
     */
    public boolean heardOwn(int ingress, long secret, long now) {
        GuardedPort hearing = ports.get(ingress);
        GuardedPort sending = bySecret(secret);
        if (hearing == null || sending == null || rank(sending) >= rank(hearing)) {
            return false;
        }
        boolean before = hearing.blocked;
        hearing.blocked = true;
        hearing.superior = sending.number;
        hearing.heardAt = now;
        if (!before) {
            changes++;
        }
        return !before;
    }

    /**
     * A probe of another bridge came.
     *
     * @return whether it is to be passed on
     */
    public boolean heardForeign(int ingress, long origin, long secret, long sequence, long now) {
        GuardedPort hearing = ports.get(ingress);
        if (hearing == null) {
            return false;
        }
        hearing.neighbour = true;
        hearing.probed = true;
        hearing.neighbourAt = now;
        return !hearing.blocked
                && Long.compareUnsigned(origin, id) < 0
                && relaying.admits(1, now)
                && relayed.add(new Heard(origin, secret, sequence));
    }

    /**
     * Another bridge says that ways have changed.
     *
     * @return whether that is news, and from where there is a bridge
     */
    public boolean heardChange(int ingress, long origin, long sequence, long now) {
        GuardedPort hearing = ports.get(ingress);
        return hearing != null
                && hearing.neighbour
                && !hearing.blocked
                && origin != id
                && relayed.add(new Heard(origin, 0, sequence))
                && changing.admits(1, now);
    }

    /**
     * A bridge says where a station is.
     *
     * <p>So there is a bridge behind the port, even if none has probed it yet, and what is learned there is not this bridge's to
     * tell others. But nothing ends when no more notices come: only probes are sent again and again.
     *
     * @return whether that is news, to be learned and passed on; what a loop that is not blocked yet brings again is none
     */
    public boolean heardNotice(int ingress, long origin, long station, long sequence, long now) {
        GuardedPort hearing = ports.get(ingress);
        if (hearing == null || origin == id) {
            return false;
        }
        if (!hearing.probed) {
            hearing.neighbour = true;
            hearing.neighbourAt = now;
        }
        return !hearing.blocked && noticed.add(new Heard(origin, station, sequence));
    }

    /** Whether there is, or was a moment ago, another bridge behind this port. */
    public boolean isNeighbour(int number) {
        GuardedPort port = ports.get(number);
        return port != null && port.neighbour;
    }

    /** The ports that forward again from now on. */
    public List<Freed> freed(long now) {
        List<GuardedPort> silent = new ArrayList<>(ports.values().stream()
                .filter(port -> port.blocked && now - port.heardAt >= SILENCE.toNanos())
                .toList());
        silent.sort(Comparator.comparingInt(this::rank));
        List<Freed> freed = new ArrayList<>();
        for (GuardedPort port : silent) {
            if (freed.stream().anyMatch(first -> first.instead() == port.superior)) {
                port.heardAt = now - SILENCE.toNanos() + PRECEDENCE.toNanos();
            } else {
                freed.add(new Freed(port.number, port.superior));
                port.blocked = false;
                changes++;
            }
        }
        return freed;
    }

    /** The ports behind which there was another bridge that is silent now: what was learned there may be so no longer. */
    public List<Integer> deserted(long now) {
        List<Integer> deserted = new ArrayList<>();
        for (GuardedPort port : ports.values()) {
            if (port.neighbour && now - port.neighbourAt >= SILENCE.toNanos()) {
                if (port.probed) {
                    deserted.add(port.number);
                }
                port.neighbour = false;
                port.probed = false;
            }
        }
        return deserted;
    }

    /** Rises whenever a port is blocked or forwards again. */
    public long changes() {
        return changes;
    }

    public State state() {
        return new State(
                id,
                order,
                ports.values().stream()
                        .filter(port -> port.blocked)
                        .map(port -> port.name)
                        .toList());
    }

    /**
     * Goes on as another place's guard did; ports are there already.
     *
     * @return the ports that are blocked by that
     */
    public List<Integer> restore(State state, long now) {
        id = state.id();
        List<String> known = new ArrayList<>(state.order());
        known.retainAll(order);
        order.removeAll(known);
        order.addAll(0, known);
        List<Integer> blocked = new ArrayList<>();
        for (GuardedPort port : ports.values()) {
            if (state.blocked().contains(port.name) && !port.blocked) {
                port.blocked = true;
                port.superior = -1;
                port.heardAt = now;
                blocked.add(port.number);
            }
        }
        return blocked;
    }

    private static Set<Heard> latest(int bound) {
        return Collections.newSetFromMap(new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Heard, Boolean> eldest) {
                return size() > bound;
            }
        });
    }

    private int rank(GuardedPort port) {
        return order.indexOf(port.name);
    }

    private @Nullable GuardedPort bySecret(long secret) {
        for (GuardedPort port : ports.values()) {
            if (port.secret == secret) {
                return port;
            }
        }
        return null;
    }
}
