package io.virtualwire.cloud.spi;

import io.virtualwire.cloud.spi.HypervisorEvent.Change;
import io.virtualwire.cloud.spi.MachineMigration.Outcome;
import io.virtualwire.cloud.spi.MachineMigration.Progress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hypervisors in memory, which move machines between themselves in the stages of a real one, each of which may be struck:
 *
 * <pre>
 *   source RUNNING                      PAUSED        PAUSED          gone
 *   target          PAUSED (incoming)   PAUSED        RUNNING         RUNNING
 *            BEGIN ─▶       COPIED ─▶      FINISH ─▶       CONFIRM ─▶
 * </pre>
 *
 * <p>A stage takes the time that the scheduler gives it. One that does not succeed ends the move: before FINISH the machine goes
 * on at the source, after it at the target; a reply that is lost between leaves both as they then are, as a real one may.
 */
public final class FakeHypervisors {
    /** What they say of every move. */
    public static final long PAUSE_MILLIS = 7;

    private static final long BYTES = 128L << 20;
    private static final long MEMORY = 16 << 10;

    /** What happens between two hypervisors during a move. */
    public enum Stage {
        BEGIN,
        COPIED,
        FINISH,
        CONFIRM
    }

    /** What becomes of a stage. */
    public enum Fate {
        DONE,
        /** It is refused, and both know that. */
        REFUSED,
        /** It is done, and the source is not told: it takes the move for failed, and the machine goes on there, too. */
        REPLY_LOST,
        /** The guest ends. */
        GUEST_ENDS
    }

    /** Decides what becomes of a stage. */
    @FunctionalInterface
    public interface Fates {
        Fate of(String machine, Stage stage);
    }

    private final BiConsumer<Stage, Runnable> scheduler;
    private final Map<String, Fake> all = new HashMap<>();
    private Fates fates = (machine, stage) -> Fate.DONE;
    private final Map<String, Long> memories = new HashMap<>();
    private Predicate<String> unreachable = uri -> false;
    private BiConsumer<String, String> resumed = (uri, machine) -> {};

    /** @param scheduler runs a stage's end when the stage has taken its time */
    public FakeHypervisors(BiConsumer<Stage, Runnable> scheduler) {
        this.scheduler = scheduler;
    }

    /** The hypervisor of this URI, which is there from the first time that it is asked for. */
    public Hypervisor at(String uri) {
        return all.computeIfAbsent(uri, Fake::new);
    }

    /** What becomes of stages from now on. */
    public void strike(Fates decided) {
        fates = decided;
    }

    /** How much memory the host of this hypervisor has. */
    public void memory(String uri, long mebibytes) {
        memories.put(uri, mebibytes);
    }

    /** Those that do not answer from now on. */
    public void cut(Predicate<String> silent) {
        unreachable = silent;
    }

    /** Told of each guest that begins to run somewhere, by the hypervisor's URI and the machine's name; it announces itself then. */
    public void onResume(BiConsumer<String, String> listener) {
        resumed = listener;
    }

    /** The URIs of the hypervisors on which a machine runs, whether they can be reached or not. */
    public List<String> running(String machine) {
        return having(machine, Machine.State.RUNNING);
    }

    /** The URIs of the hypervisors on which a machine is in that state. */
    public List<String> having(String machine, Machine.State state) {
        return all.values().stream()
                .filter(each -> each.guests.containsKey(machine) && each.guests.get(machine).state == state)
                .map(Fake::uri)
                .sorted()
                .toList();
    }

    private static final class Guest {
        private final MachineSpec spec;
        private final UUID id;
        private Machine.State state;
        private @Nullable Move move;
        private OptionalLong pauseMillis = OptionalLong.empty();

        Guest(MachineSpec spec, UUID id, Machine.State state) {
            this.spec = spec;
            this.id = id;
            this.state = state;
        }

        Machine seen() {
            return new Machine(
                    spec.name(),
                    id,
                    state,
                    spec.nics().stream()
                            .map(nic -> new Machine.Nic(nic.mac(), "ethernet", Optional.of(nic.device())))
                            .toList());
        }
    }

    private final class Fake implements Hypervisor {
        private final String uri;
        private final Map<String, Guest> guests = new TreeMap<>();
        private final List<Consumer<HypervisorEvent>> listeners = new ArrayList<>();

        Fake(String uri) {
            this.uri = uri;
        }

        @Override
        public String uri() {
            return uri;
        }

        @Override
        public List<Machine> machines() {
            return reach().stream().map(Guest::seen).toList();
        }

        private Collection<Guest> reach() {
            if (unreachable.test(uri)) {
                throw new WireException(ErrorCode.UNAVAILABLE, "no connection to " + uri, "");
            }
            return guests.values();
        }

        private Guest guest(String name) {
            return reach().stream()
                    .filter(guest -> guest.spec.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new WireException(ErrorCode.NOT_FOUND, "no machine " + name + " at " + uri, ""));
        }

        @Override
        public Machine machine(String name) {
            return guest(name).seen();
        }

        @Override
        public Optional<Machine.State> state(UUID id) {
            return reach().stream()
                    .filter(guest -> guest.id.equals(id))
                    .map(guest -> guest.state)
                    .findFirst();
        }

        @Override
        public HostMemory memory() {
            Map<UUID, Long> given = new HashMap<>();
            reach().stream()
                    .filter(guest -> guest.state != Machine.State.STOPPED)
                    .forEach(guest -> given.put(guest.id, (long) guest.spec.memoryMebibytes()));
            return new HostMemory(memories.getOrDefault(uri, MEMORY), given);
        }

        @Override
        public Machine define(MachineSpec spec) {
            reach();
            Guest known = guests.get(spec.name());
            UUID id = known != null ? known.id : spec.id().orElseGet(UUID::randomUUID);
            Guest made = new Guest(spec, id, Machine.State.STOPPED);
            guests.put(spec.name(), made);
            tell(made, Change.DEFINED, "added");
            return made.seen();
        }

        @Override
        public void start(String name) {
            Guest guest = guest(name);
            if (guest.state != Machine.State.RUNNING) {
                guest.state = Machine.State.RUNNING;
                tell(guest, Change.STARTED, "booted");
                resumed.accept(uri, name);
            }
        }

        @Override
        public void stop(String name) {
            reach();
            Guest guest = guests.get(name);
            if (guest != null && guest.state != Machine.State.STOPPED) {
                end(guest, "destroyed");
            }
        }

        private void end(Guest guest, String why) {
            guest.state = Machine.State.STOPPED;
            Move move = guest.move;
            if (move != null) {
                move.fail("the guest ended", false);
            }
            tell(guest, Change.STOPPED, why);
        }

        @Override
        public void remove(String name) {
            reach();
            guests.remove(name);
        }

        @Override
        public void resume(String name) {
            Guest guest = guest(name);
            if (guest.state == Machine.State.PAUSED) {
                guest.state = Machine.State.RUNNING;
                tell(guest, Change.RESUMED, "unpaused");
                resumed.accept(uri, name);
            }
        }

        @Override
        public OptionalLong pauseMillis(String name) {
            return guest(name).pauseMillis;
        }

        @Override
        public MachineMigration migrate(String name, MigrationPlan plan) {
            Guest guest = guest(name);
            if (guest.state != Machine.State.RUNNING || guest.move != null) {
                throw new WireException(ErrorCode.WRONG_STATE, name + " cannot be moved now", "");
            }
            Move move = new Move(this, guest, plan);
            guest.move = move;
            move.next(Stage.BEGIN);
            return move;
        }

        @Override
        public boolean isMoving(String name) {
            return guest(name).move != null;
        }

        @Override
        public void giveUp(String name) {
            Move move = guest(name).move;
            if (move != null) {
                move.abort();
            }
        }

        @Override
        public Subscription listen(Consumer<HypervisorEvent> listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        private void tell(Guest guest, Change change, String detail) {
            if (!unreachable.test(uri)) {
                List.copyOf(listeners)
                        .forEach(it -> it.accept(
                                new HypervisorEvent.MachineChanged(guest.spec.name(), guest.id, change, detail)));
            }
        }

        @Override
        public void close() {
            listeners.clear();
        }
    }

    private final class Move implements MachineMigration {
        private final Fake from;
        private final Guest guest;
        private final MigrationPlan plan;
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private @Nullable Guest incoming;
        private Progress progress = new Progress(0, 0, 0, 0);

        Move(Fake from, Guest guest, MigrationPlan plan) {
            this.from = from;
            this.guest = guest;
            this.plan = plan;
        }

        private void next(Stage stage) {
            scheduler.accept(stage, () -> end(stage));
        }

        private void end(Stage stage) {
            if (outcome.isDone()) {
                return;
            }
            Fate fate = fates.of(guest.spec.name(), stage);
            if (fate == Fate.GUEST_ENDS && (stage != Stage.CONFIRM || incoming == null)) {
                from.end(guest, "crashed");
                fail("the guest ended", false);
                return;
            }
            if (fate == Fate.GUEST_ENDS && incoming != null) {
                // At the target, where it runs by now; the move itself ends well.
                to().end(incoming, "crashed");
            }
            if (fate == Fate.REFUSED && stage != Stage.CONFIRM) {
                fail("refused at " + stage, true);
                return;
            }
            switch (stage) {
                case BEGIN -> begin();
                case COPIED -> {
                    guest.state = Machine.State.PAUSED;
                    progress = new Progress(100, BYTES, 0, BYTES);
                    from.tell(guest, Change.SUSPENDED, HypervisorEvent.MIGRATED);
                    next(Stage.FINISH);
                }
                case FINISH -> finish(fate);
                case CONFIRM -> {
                    guest.state = Machine.State.STOPPED;
                    from.guests.remove(guest.spec.name());
                    guest.move = null;
                    from.tell(guest, Change.STOPPED, HypervisorEvent.MIGRATED);
                    outcome.complete(
                            fate == Fate.DONE || fate == Fate.GUEST_ENDS
                                    ? new Outcome.Arrived(progress)
                                    : new Outcome.Failed(new WireException(ErrorCode.SYSTEM, "no reply", "")));
                }
            }
        }

        private Fake to() {
            return all.computeIfAbsent(plan.target(), Fake::new);
        }

        private void begin() {
            if (plan.target().contains("nowhere") || unreachable.test(plan.target())) {
                fail("cannot reach " + plan.target(), true);
                return;
            }
            Guest made = new Guest(guest.spec, guest.id, Machine.State.PAUSED);
            incoming = made;
            to().guests.put(guest.spec.name(), made);
            to().tell(made, Change.STARTED, HypervisorEvent.MIGRATED);
            progress = new Progress(1, BYTES, BYTES / 2, BYTES / 2);
            if (plan.bandwidthMebibytes().isEmpty() || plan.bandwidthMebibytes().getAsInt() > 1) {
                next(Stage.COPIED);
            }
        }

        private void finish(Fate fate) {
            Guest there = incoming;
            if (there == null || !to().guests.containsValue(there)) {
                fail("it is gone from the target", true);
                return;
            }
            there.state = Machine.State.RUNNING;
            there.pauseMillis = OptionalLong.of(PAUSE_MILLIS);
            to().tell(there, Change.RESUMED, HypervisorEvent.MIGRATED);
            resumed.accept(to().uri, guest.spec.name());
            if (fate == Fate.REPLY_LOST) {
                guest.move = null;
                guest.state = Machine.State.RUNNING;
                from.tell(guest, Change.RESUMED, HypervisorEvent.MIGRATED);
                resumed.accept(from.uri, guest.spec.name());
                outcome.complete(new Outcome.Failed(new WireException(ErrorCode.SYSTEM, "no reply to finish", "")));
            } else {
                next(Stage.CONFIRM);
            }
        }

        /** @param goesOn whether the machine goes on at the source */
        private void fail(String why, boolean goesOn) {
            if (outcome.isDone()) {
                return;
            }
            undo(goesOn);
            outcome.complete(new Outcome.Failed(new WireException(ErrorCode.SYSTEM, why, "")));
        }

        private void undo(boolean goesOn) {
            guest.move = null;
            if (goesOn && guest.state == Machine.State.PAUSED) {
                guest.state = Machine.State.RUNNING;
                from.tell(guest, Change.RESUMED, HypervisorEvent.MIGRATED);
                resumed.accept(from.uri, guest.spec.name());
            }
            if (incoming != null && incoming.state != Machine.State.RUNNING) {
                to().guests.values().remove(incoming);
            }
        }

        @Override
        public Progress progress() {
            return progress;
        }

        @Override
        public void abort() {
            if (!outcome.isDone() && guest.state == Machine.State.RUNNING) {
                undo(true);
                outcome.complete(new Outcome.Aborted());
            }
        }

        @Override
        public CompletionStage<Outcome> outcome() {
            return outcome.minimalCompletionStage();
        }
    }
}
