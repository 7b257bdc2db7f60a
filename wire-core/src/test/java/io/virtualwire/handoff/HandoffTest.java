package io.virtualwire.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.time.Ticker;
import io.virtualwire.transport.Loop;
import io.virtualwire.wire.HoldStatistics;
import io.virtualwire.wire.LegStatus;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.RelayStatus;
import io.virtualwire.wire.SideCounters;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A source and a target that tell each other what they tell, and the calls they make. */
final class HandoffTest {
    private static final Generation OLD = Generation.parse("3:east");
    private static final Generation NEW = Generation.parse("4:west");
    private static final Generation NEWER = Generation.parse("5:east");
    private static final Identity EAST = Identity.parse("acme/east");
    private static final Identity WEST = Identity.parse("acme/west");
    private static final List<ComponentPort> PORTS =
            List.of(new ComponentPort(WireId.named("one"), Side.A), new ComponentPort(WireId.named("two"), Side.A));

    private final List<String> log = new ArrayList<>();
    private final List<HandoffEvent> events = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final Place east = new Place("east", OLD, true);
    private final Place west = new Place("west", NEW, false);
    private final HandoffSource source =
            new HandoffSource("lan", OLD, PORTS, east, east, new ManualLoop(), events::add);
    private final HandoffTarget target =
            new HandoffTarget("lan", NEW, Optional.of(EAST), PORTS, west, west, events::add);

    @Test
    void everyPortYieldsInTheStepInWhichTheInstanceStops() {
        agreeOnEverything();
        source.successorNamed(WEST, NEW);
        target.check();
        deliver();
        assertThat(log)
                .containsExactly(
                        "east stops",
                        "east yields one",
                        "east yields two",
                        "west starts with known",
                        "west activates one",
                        "west activates two");
        assertThat(source.state()).isEqualTo(InstanceState.YIELDED);
        assertThat(target.state()).isEqualTo(InstanceState.DECIDING);
    }

    @Test
    void isNotPreparedBeforeEveryLegAndRelayLegIsAgreed() {
        agree(PORTS.getFirst());
        target.check();
        assertThat(target.state()).isEqualTo(InstanceState.PREPARING);
        agree(PORTS.getLast());
        target.happened(new SideEvent.Agreed(PORTS.getLast().wire(), Side.A, NEW, EAST, OLD));
        assertThat(target.state()).isEqualTo(InstanceState.PREPARED);
    }

    @Test
    void isNotPreparedWhenOnlyAFarEndThatStandsByHasAgreed() {
        agreeOnEverything();
        west.far = PeerState.EXPECTED;
        target.check();
        assertThat(target.state()).isEqualTo(InstanceState.PREPARING);
        west.far = PeerState.ACTIVE;
        target.check();
        assertThat(target.state()).isEqualTo(InstanceState.PREPARED);
    }

    @Test
    void doesNotYieldBeforeItsOwnRelayLegsAreAgreed() {
        west.agreed.addAll(PORTS);
        source.successorNamed(WEST, NEW);
        target.check();
        deliver();
        assertThat(source.state()).isEqualTo(InstanceState.DECIDING);
        east.agreed.addAll(PORTS);
        source.happened(new SideEvent.RelayAgreed(PORTS.getFirst().wire(), Side.A, OLD, WEST, NEW, true));
        assertThat(source.state()).isEqualTo(InstanceState.YIELDED);
    }

    @Test
    void doesNotYieldToWhomTheLogDidNotName() {
        agreeOnEverything();
        target.check();
        deliver();
        assertThat(source.state()).isEqualTo(InstanceState.DECIDING);
    }

    @Test
    void goesWithoutAFarEndThatAnswersNeither() {
        agreeOnEverything();
        east.dead.add(PORTS.getLast());
        west.dead.add(PORTS.getLast());
        source.successorNamed(WEST, NEW);
        target.check();
        deliver();
        assertThat(target.state()).as("it is given time").isEqualTo(InstanceState.PREPARING);
        assertThat(target.unanswered()).containsExactly(PORTS.getLast());
        target.offerWithoutUnanswered();
        deliver();
        assertThat(log)
                .containsExactly(
                        "east stops",
                        "east yields one",
                        "east yields two",
                        "west starts with known",
                        "west activates one",
                        "west activates two");
        assertThat(target.state()).isEqualTo(InstanceState.DECIDING);
    }

    @Test
    void staysForAFarEndThatAnswersTheOldInstance() {
        agreeOnEverything();
        west.dead.add(PORTS.getLast());
        source.successorNamed(WEST, NEW);
        target.offerWithoutUnanswered();
        deliver();
        assertThat(source.state()).isEqualTo(InstanceState.DECIDING);
        target.askToCallOff();
        east.dead.add(PORTS.getLast());
        target.offerWithoutUnanswered();
        deliver();
        assertThat(source.state()).as("called off is called off").isEqualTo(InstanceState.DECIDING);
        assertThat(target.state()).isEqualTo(InstanceState.RETIRED);
        assertThat(log).containsExactly("west disconnects one", "west disconnects two");
    }

    @Test
    void waitsForAFarEndUntilItIsSilentForTheOldInstanceToo() {
        agreeOnEverything();
        west.dead.add(PORTS.getLast());
        source.successorNamed(WEST, NEW);
        target.offerWithoutUnanswered();
        deliver();
        assertThat(source.state()).isEqualTo(InstanceState.DECIDING);
        east.dead.add(PORTS.getLast());
        target.offerWithoutUnanswered();
        deliver();
        assertThat(target.state()).isEqualTo(InstanceState.DECIDING);
    }

    /** Of what the far ends have sent it would know nothing. */
    @Test
    void neverGoesWithoutARelayLeg() {
        agreeOnEverything();
        west.dead.add(PORTS.getLast());
        east.dead.add(PORTS.getLast());
        west.agreed.remove(PORTS.getFirst());
        source.successorNamed(WEST, NEW);
        assertThat(target.unanswered()).isEmpty();
        target.offerWithoutUnanswered();
        deliver();
        assertThat(source.state()).isEqualTo(InstanceState.DECIDING);
        west.agreed.add(PORTS.getFirst());
        east.agreed.remove(PORTS.getLast());
        target.offerWithoutUnanswered();
        deliver();
        assertThat(source.state()).isEqualTo(InstanceState.DECIDING);
    }

    @Test
    void doesNotGoWithoutAFarEndToWhomTheLogDidNotName() {
        agreeOnEverything();
        west.dead.add(PORTS.getLast());
        east.dead.add(PORTS.getLast());
        target.offerWithoutUnanswered();
        deliver();
        assertThat(source.state()).isEqualTo(InstanceState.DECIDING);
    }

    @Test
    void repeatsWhatTheSessionLost() {
        agreeOnEverything();
        source.successorNamed(WEST, NEW);
        west.cut = true;
        target.check();
        west.cut = false;
        target.sessionUp(EAST);
        east.cut = true;
        deliver();
        assertThat(source.state()).isEqualTo(InstanceState.YIELDED);
        assertThat(target.state()).isEqualTo(InstanceState.PREPARED);
        east.cut = false;
        source.sessionUp(WEST);
        deliver();
        assertThat(target.state()).isEqualTo(InstanceState.DECIDING);
        log.clear();
        source.sessionUp(WEST);
        deliver();
        assertThat(log).isEmpty();
    }

    @Test
    void saysAgainWhatWasLostThoughTheSessionLives() {
        agreeOnEverything();
        source.successorNamed(WEST, NEW);
        target.check();
        west.outbox.clear();
        target.check();
        fromWest();
        assertThat(source.state()).isEqualTo(InstanceState.YIELDED);
        east.outbox.clear();
        assertThat(target.state()).isEqualTo(InstanceState.PREPARED);
        ringTimers();
        deliver();
        assertThat(target.state()).isEqualTo(InstanceState.DECIDING);
        ringTimers();
        assertThat(east.outbox).as("it was acknowledged").isEmpty();
    }

    @Test
    void decidesOnceWhenTheHandoffComesTwice() {
        agreeOnEverything();
        PeerMessage handoff = new PeerMessage.Handoff("lan", NEW, TextNode.valueOf("known"));
        target.told(EAST, handoff);
        target.told(EAST, handoff);
        assertThat(log).filteredOn(line -> line.startsWith("west starts")).hasSize(1);
        assertThat(west.outbox)
                .containsExactly(new PeerMessage.HandoffAck("lan", NEW), new PeerMessage.HandoffAck("lan", NEW));
    }

    @Test
    void believesTheHandoffOnlyOfItsPredecessorAndForItsGeneration() {
        target.told(WEST, new PeerMessage.Handoff("lan", NEW, TextNode.valueOf("forged")));
        target.told(EAST, new PeerMessage.Handoff("lan", OLD, TextNode.valueOf("stale")));
        target.told(EAST, new PeerMessage.Handoff("wan", NEW, TextNode.valueOf("other")));
        assertThat(log).isEmpty();
    }

    @Test
    void aPromiseToCallOffIsKept() {
        agreeOnEverything();
        source.successorNamed(WEST, NEW);
        assertThat(target.askToCallOff()).isTrue();
        deliver();
        assertThat(target.state()).isEqualTo(InstanceState.RETIRED);
        source.told(WEST, new PeerMessage.Prepared("lan", NEW));
        assertThat(source.state()).isEqualTo(InstanceState.DECIDING);
        source.successorNamed(WEST, NEWER);
        source.told(WEST, new PeerMessage.Prepared("lan", NEWER));
        assertThat(source.state()).as("only the void claim is refused").isEqualTo(InstanceState.YIELDED);
    }

    @Test
    void callingOffTooLateIsRefusedAndTheMoveGoesOn() {
        agreeOnEverything();
        source.successorNamed(WEST, NEW);
        source.told(WEST, new PeerMessage.Prepared("lan", NEW));
        assertThat(target.askToCallOff()).isTrue();
        deliver();
        assertThat(events).contains(new HandoffEvent.CallOffAnswered("lan", OLD, NEW, false));
        assertThat(target.state()).isEqualTo(InstanceState.DECIDING);
    }

    @Test
    void retiresWhenSucceededAndDrained() {
        agreeOnEverything();
        source.successorNamed(WEST, NEW);
        source.told(WEST, new PeerMessage.Prepared("lan", NEW));
        source.succeededBy(NEW);
        assertThat(source.state()).isEqualTo(InstanceState.YIELDED);
        PORTS.forEach(port -> source.happened(new SideEvent.Drained(port.wire(), port.side(), OLD, true)));
        assertThat(source.state()).isEqualTo(InstanceState.RETIRED);
        assertThat(log).endsWith("east disconnects one", "east disconnects two");
    }

    @Test
    void retiresAfterTheDrainLimitEvenIfNobodyAcknowledges() {
        agreeOnEverything();
        source.successorNamed(WEST, NEW);
        source.told(WEST, new PeerMessage.Prepared("lan", NEW));
        ringTimers();
        assertThat(source.state()).as("the log has not said who holds it").isEqualTo(InstanceState.YIELDED);
        source.succeededBy(NEW);
        assertThat(source.state()).isEqualTo(InstanceState.RETIRED);
    }

    @Test
    void aSupersededPortMutesThemAll() {
        source.happened(new SideEvent.Superseded(PORTS.getLast().wire(), Side.A, OLD, WEST));
        assertThat(log).containsExactly("east stops", "east yields one", "east yields two");
        assertThat(events).containsExactly(new HandoffEvent.Superseded("lan", OLD));
    }

    @Test
    void aTakeoverStartsFromTheReplicatedState() {
        target.takeOver(TextNode.valueOf("replicated"));
        assertThat(log).startsWith("west starts with replicated");
        assertThat(events).containsExactly(new HandoffEvent.Decided("lan", NEW, true));
        target.callOff();
        assertThat(target.state()).isEqualTo(InstanceState.DECIDING);
    }

    private void agreeOnEverything() {
        PORTS.forEach(this::agree);
    }

    private void agree(ComponentPort port) {
        east.agreed.add(port);
        west.agreed.add(port);
    }

    private void ringTimers() {
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
    }

    private void fromWest() {
        List<PeerMessage> said = List.copyOf(west.outbox);
        west.outbox.clear();
        said.forEach(message -> source.told(WEST, message));
    }

    private void deliver() {
        while (!east.outbox.isEmpty() || !west.outbox.isEmpty()) {
            List<PeerMessage> fromWest = List.copyOf(west.outbox);
            List<PeerMessage> fromEast = List.copyOf(east.outbox);
            west.outbox.clear();
            east.outbox.clear();
            fromWest.forEach(message -> source.told(WEST, message));
            fromEast.forEach(message -> target.told(EAST, message));
        }
    }

    private final class Place implements HandoffWires, ComponentInstance {
        private final String name;
        private final Generation generation;
        private final boolean outgoing;
        private final Set<ComponentPort> agreed = new HashSet<>();
        /** Whose far ends do not answer here: as it was at the old place, the leg may still be agreed. */
        private final Set<ComponentPort> dead = new HashSet<>();

        private final List<PeerMessage> outbox = new ArrayList<>();
        private boolean cut;
        private PeerState far = PeerState.ACTIVE;

        Place(String name, Generation generation, boolean outgoing) {
            this.name = name;
            this.generation = generation;
            this.outgoing = outgoing;
        }

        @Override
        public void activate(ComponentPort port) {
            log.add(name + " activates " + label(port));
        }

        @Override
        public void yield(ComponentPort port) {
            log.add(name + " yields " + label(port));
        }

        @Override
        public void disconnect(ComponentPort port, Generation at) {
            log.add(name + " disconnects " + label(port));
        }

        @Override
        public boolean tell(Identity node, PeerMessage message) {
            return !cut && outbox.add(message);
        }

        @Override
        public Optional<SideStatus> status(ComponentPort port) {
            LegStatus leg = new LegStatus(agreed.contains(port), true, false, 1400);
            boolean silent = dead.contains(port);
            LegStatus farLeg =
                    new LegStatus(agreed.contains(port) && (outgoing || !silent), true, silent, false, 1400, 0, 0);
            return Optional.of(new SideStatus(
                    port.wire(),
                    port.side(),
                    generation,
                    label(port),
                    true,
                    new ConnectOptions(outgoing ? Role.ACTIVE : Role.STANDBY, false),
                    outgoing ? SideState.ACTIVE : SideState.STANDBY,
                    false,
                    Optional.empty(),
                    List.of(new PeerStatus(Identity.parse("acme/far"), OLD, far, List.of(), farLeg, 0, 0, 0)),
                    List.of(new RelayStatus(
                            outgoing, outgoing ? WEST : EAST, outgoing ? successorGeneration() : OLD, leg, 0, false)),
                    0,
                    new SideCounters(0, 0, 0, 0, 0, 0, 0, 0),
                    new HoldStatistics(0, 0, 0, 0, 0),
                    Map.of()));
        }

        private Generation successorGeneration() {
            return events.stream().anyMatch(HandoffEvent.CallOffAnswered.class::isInstance) ? NEWER : NEW;
        }

        @Override
        public void startDeciding(JsonNode state) {
            log.add(name + " starts with " + state.asText());
        }

        @Override
        public JsonNode stopDeciding() {
            log.add(name + " stops");
            return TextNode.valueOf("known");
        }

        private static String label(ComponentPort port) {
            return port.equals(PORTS.getFirst()) ? "one" : "two";
        }
    }

    private final class ManualLoop implements Loop {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            timers.add(task);
            return () -> timers.remove(task);
        }

        @Override
        public void atEndOfTurn(Runnable task) {
            task.run();
        }

        @Override
        public Ticker ticker() {
            return Ticker.system();
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }
}
