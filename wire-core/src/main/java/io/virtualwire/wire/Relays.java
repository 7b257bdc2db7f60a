package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.RelayDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The other places of a record's side: where its frames are relayed to once it has yielded, and from where it gets some. */
final class Relays {
    private final Scope scope;
    private final SideRecord record;
    private final Intake intake;

    private @Nullable RelayOut out;
    private @Nullable RelayIn in;
    /** The old place has withdrawn. */
    private boolean left;

    private long leftAt;

    Relays(Scope scope, SideRecord record, Intake intake) {
        this.scope = scope;
        this.record = record;
        this.intake = intake;
    }

    @Nullable
    RelayOut out() {
        return out;
    }

    boolean hasIn() {
        return in != null;
    }

    boolean isLeaving() {
        return left;
    }

    /** Whether the old place has gone so long ago that nothing of it is under way any more. */
    boolean hasLeft(long now) {
        return left && now - leftAt >= scope.bounds.patienceNanos();
    }

    /** One that is not higher than the known one only says where that is. */
    void to(RelayDescription to) {
        if (out != null && !to.generation().isAfter(out.generation())) {
            if (out instanceof LegRelay known && known.generation().equals(to.generation())) {
                known.leg().readdress(to.paths());
            }
            return;
        }
        Leg leg = new Leg(scope, record, to.identity(), to.paths(), to.generation(), null);
        to(new LegRelay(leg));
        expectSuccessor();
        leg.open();
    }

    void to(RelayOut successor) {
        if (out != null) {
            out.close();
        }
        record.slot().recall().disarm(record);
        out = successor;
        intake.unpark();
        intake.work(scope.now());
    }

    /** One that is not higher than the known one only says where that is. */
    void from(RelayDescription from) {
        if (in != null && !from.generation().isAfter(in.generation())) {
            if (in.leg() != null && in.generation().equals(from.generation())) {
                in.leg().readdress(from.paths());
            }
            return;
        }
        Leg leg = new Leg(scope, record, from.identity(), from.paths(), from.generation(), null);
        from(new RelayIn(from.generation(), leg));
        leg.open();
    }

    void from(RelayIn predecessor) {
        if (in != null) {
            in.close();
        }
        in = predecessor;
        left = false;
        for (Peer peer : record.peers()) {
            if (peer.received == 0) {
                peer.relayDone = false;
                peer.relayLate = false;
            }
        }
        intake.work(scope.now());
    }

    /** What was relayed leaves now. */
    void flush() {
        if (out instanceof LegRelay known) {
            known.leg().path().flush();
        }
    }

    /** The old place, in this daemon, has disconnected. */
    void gone() {
        if (in != null && in.leg() == null) {
            in = null;
            intake.work(scope.now());
        }
    }

    /** @return whether it is the leg on which frames go out */
    boolean agreed(Leg leg, long now) {
        boolean outgoing = out instanceof LegRelay known && known.leg() == leg;
        if (outgoing) {
            expectSuccessor();
            intake.unpark();
            intake.work(now);
        } else {
            left = false;
        }
        return outgoing;
    }

    /** A guest that is moved to the successor's place may leave unread what it is given here. */
    void expectSuccessor() {
        if (out instanceof LegRelay && record.state() != SideState.YIELDED) {
            record.slot().recall().arm(record);
        }
    }

    void withdrawn(Leg leg) {
        if (out instanceof LegRelay known && known.leg() == leg) {
            record.slot().recall().disarm(record);
        }
        if (in != null && in.leg() == leg) {
            // The old place has gone. What it relayed last may still be under way, so the leg stays a little longer.
            left = true;
            leftAt = scope.now();
            record.wake(leftAt + scope.bounds.patienceNanos());
        }
    }

    Optional<EngineImage.RelayImage> toImage() {
        return Optional.ofNullable(out)
                .map(relay -> new EngineImage.RelayImage(
                        relay.generation(),
                        relay instanceof LegRelay known
                                ? Optional.of(known.leg().image(List.of()))
                                : Optional.empty()));
    }

    Optional<EngineImage.RelayImage> fromImage() {
        return Optional.ofNullable(in)
                .map(relay -> new EngineImage.RelayImage(
                        relay.generation(), Optional.ofNullable(relay.leg()).map(leg -> leg.image(List.of()))));
    }

    Optional<Long> leftAtImage() {
        return left ? Optional.of(scope.now() - leftAt) : Optional.empty();
    }

    /** @param successors finds the record in this daemon that has a generation */
    void restore(EngineImage.RecordImage image, Function<Generation, SideRecord> successors) {
        image.relayTo().ifPresent(to -> {
            Optional<Leg> leg = to.leg().map(it -> new Leg(scope, record, it, null));
            out = leg.isPresent() ? new LegRelay(leg.get()) : new LocalRelay(successors.apply(to.generation()));
        });
        image.relayFrom()
                .ifPresent(from -> in = new RelayIn(
                        from.generation(),
                        from.leg().map(it -> new Leg(scope, record, it, null)).orElse(null)));
        left = image.relayLeftAt().isPresent();
        leftAt = scope.now() - image.relayLeftAt().orElse(0L);
    }

    void tick(long now) {
        if (!left || in == null) {
            return;
        }
        if (now - leftAt >= scope.bounds.giveUpNanos()) {
            in.close();
            in = null;
            left = false;
        } else {
            record.wake(leftAt + scope.bounds.giveUpNanos());
        }
    }

    void close() {
        if (out != null) {
            out.close();
        }
        if (in != null) {
            in.close();
        }
    }

    List<RelayStatus> status(long framesRelayed, boolean drained) {
        List<RelayStatus> status = new ArrayList<>();
        if (out instanceof LegRelay leg) {
            status.add(leg.status(framesRelayed, drained));
        }
        if (in != null && in.leg() != null) {
            Leg leg = in.leg();
            long frames = 0;
            boolean all = true;
            for (Peer peer : record.peers()) {
                frames += peer.relayedIn;
                all &= peer.relayDone;
            }
            status.add(new RelayStatus(false, leg.identity(), in.generation(), leg.status(), frames, all));
        }
        return status;
    }
}
