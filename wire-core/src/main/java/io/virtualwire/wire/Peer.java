package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.port.DropTally;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One generation of the far side, and all that one side record knows of it. */
final class Peer {
    private final SideRecord record;
    private final Identity identity;
    private final Generation generation;
    private final Leg leg;
    private List<String> paths;

    PeerState state = PeerState.EXPECTED;
    /** When it last became ACTIVE, CLOSING or CLOSED. */
    long changedAt;

    boolean fenced;
    /** An authentic FRAME or HELLO came before the leg was agreed here. */
    boolean heardEarly;
    /** The observer knows that the leg is agreed. */
    boolean agreedSaid;
    /** It has answered HELLO. */
    boolean helloHeard;

    // What it sends

    final NumberWindow window;
    final Reassembly reassembly;
    long received;
    /** Its END has come, and no number above it. */
    boolean ended;

    long endNumber;
    long endAt;

    // What the old place of the own side relays of it

    @Nullable
    Reassembly relayedReassembly;

    long relayedIn;
    boolean relayEnded;
    long relayEndCount;
    long relayEndAt;
    /** Nothing relayed is waited for any more. */
    boolean relayDone;

    /** The wait for it ended before it was complete: what still comes is late. */
    boolean relayLate;

    // What waits

    /** Direct frames, until the gate opens. */
    final Hold direct;
    /** Relayed frames, which go before the direct ones. */
    final Hold relayed;

    boolean directOpen;
    boolean relayedOpen;
    long heldSince;
    long heldFrames;

    // What is said to it

    final Repeater hello;
    long helloNumber;
    final Repeater end;
    long saidEnd;
    boolean saidSuperseded;
    long sent;

    // What is relayed of it to the new place of the own side

    long relayedOut;
    final Repeater relayEnd;
    long relayEndNumber;
    boolean relayEndSaid;
    boolean relayEndAnswered;

    Peer(
            Scope scope,
            SideRecord record,
            DropTally drops,
            Identity identity,
            Generation generation,
            List<String> paths) {
        this(scope, record, drops, identity, generation, paths, null);
    }

    /** The peer that another process knew. */
    Peer(Scope scope, SideRecord record, DropTally drops, EngineImage.PeerImage image) {
        this(
                scope,
                record,
                drops,
                image.leg().identity(),
                image.leg().otherGeneration(),
                image.leg().paths(),
                image.leg());
        restore(scope, image);
    }

    private Peer(
            Scope scope,
            SideRecord record,
            DropTally drops,
            Identity identity,
            Generation generation,
            List<String> paths,
            EngineImage.@Nullable LegImage known) {
        Bounds bounds = scope.bounds;
        BufferBudget budget = scope.budget(record.wire().tenant());
        this.record = record;
        this.identity = identity;
        this.generation = generation;
        this.paths = paths;
        this.window = new NumberWindow(bounds.patienceNanos());
        this.reassembly = new Reassembly(bounds, scope.pool, budget, drops);
        this.direct = new Hold(scope.pool, budget);
        this.relayed = new Hold(scope.pool, budget);
        this.hello = new Repeater(bounds.retryNanos(), bounds.giveUpNanos(), bounds.slowRetryNanos());
        this.end = new Repeater(bounds.retryNanos(), bounds.giveUpNanos(), 0);
        this.relayEnd = new Repeater(bounds.retryNanos(), bounds.giveUpNanos(), 0);
        this.leg = known == null
                ? new Leg(scope, record, identity, paths, generation, this)
                : new Leg(scope, record, known, this);
    }

    private void restore(Scope scope, EngineImage.PeerImage image) {
        long now = scope.now();
        state = image.state();
        changedAt = now - image.changedAt();
        fenced = image.heard().fenced();
        heardEarly = image.heard().early();
        agreedSaid = image.heard().agreedSaid();
        helloHeard = image.heard().hello();
        EngineImage.Direct sends = image.direct();
        window.restore(sends.numbers(), now);
        reassembly.restore(sends.incomplete(), now);
        received = sends.received();
        ended = sends.ended();
        endNumber = sends.endNumber();
        endAt = now - sends.endAt();
        EngineImage.Relayed byOldPlace = image.relayed();
        if (!byOldPlace.incomplete().isEmpty()) {
            Reassembly partly = new Reassembly(
                    scope.bounds, scope.pool, scope.budget(record.wire().tenant()), record.drops());
            partly.restore(byOldPlace.incomplete(), now);
            relayedReassembly = partly;
        }
        relayedIn = byOldPlace.received();
        relayEnded = byOldPlace.ended();
        relayEndCount = byOldPlace.endCount();
        relayEndAt = now - byOldPlace.endAt();
        relayDone = byOldPlace.done();
        relayLate = byOldPlace.late();
        heldSince = now - image.waiting().since();
        heldFrames = image.waiting().frames();
        EngineImage.Said said = image.said();
        hello.restore(said.hello(), now);
        helloNumber = said.helloNumber();
        end.restore(said.end(), now);
        saidEnd = said.endNumber();
        saidSuperseded = said.superseded();
        sent = said.frames();
        EngineImage.RelayedOn on = image.relayedOn();
        relayedOut = on.frames();
        relayEnd.restore(on.end(), now);
        relayEndNumber = on.endNumber();
        relayEndSaid = on.endSaid();
        relayEndAnswered = on.endAnswered();
    }

    /** @param peers by whose order waiting frames name their sender */
    EngineImage.PeerImage image(List<Peer> peers, long now) {
        Reassembly partly = relayedReassembly;
        return new EngineImage.PeerImage(
                leg.image(paths),
                state,
                now - changedAt,
                new EngineImage.Heard(fenced, heardEarly, agreedSaid, helloHeard),
                new EngineImage.Direct(
                        window.image(now), reassembly.image(now), received, ended, endNumber, now - endAt),
                new EngineImage.Relayed(
                        partly == null ? List.of() : partly.image(now),
                        relayedIn,
                        relayEnded,
                        relayEndCount,
                        now - relayEndAt,
                        relayDone,
                        relayLate),
                new EngineImage.Waiting(direct.image(peers), relayed.image(peers), now - heldSince, heldFrames),
                new EngineImage.Said(hello.image(now), helloNumber, end.image(now), saidEnd, saidSuperseded, sent),
                new EngineImage.RelayedOn(
                        relayedOut, relayEnd.image(now), relayEndNumber, relayEndSaid, relayEndAnswered));
    }

    Identity identity() {
        return identity;
    }

    Generation generation() {
        return generation;
    }

    SideRecord record() {
        return record;
    }

    Leg leg() {
        return leg;
    }

    void readdress(List<String> newPaths) {
        if (!newPaths.isEmpty()) {
            paths = newPaths;
            leg.readdress(newPaths);
        }
    }

    int waiting() {
        return direct.frames() + relayed.frames();
    }

    /** Gives back what incomplete frames hold. */
    void forgetIncomplete() {
        reassembly.clear();
        if (relayedReassembly != null) {
            relayedReassembly.clear();
        }
    }

    /** Its process is another one now: it numbers from 1 again, and has forgotten what was said. */
    void restarted() {
        window.reset();
        reassembly.clear();
        ended = false;
        endNumber = 0;
    }

    void sayHello(long now, long number) {
        helloNumber = number;
        hello.start(now);
    }

    /** Says END until it is answered; once superseded, always superseded. */
    void sayEnd(long now, long number, boolean superseded) {
        saidEnd = number;
        saidSuperseded |= superseded;
        end.start(now);
    }

    /** Says what is due. */
    void speak(long now) {
        if (hello.due(now)) {
            leg.send(MessageKind.HELLO, (int) record.generation().number(), helloNumber, false);
        }
        if (end.due(now)) {
            leg.send(MessageKind.END, (int) record.generation().number(), saidEnd, saidSuperseded);
        }
    }

    PeerStatus status() {
        return new PeerStatus(identity, generation, state, paths, leg.status(), sent, received, waiting());
    }
}
