package io.virtualwire.cloud.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.cloud.spi.HypervisorEvent.Change;
import io.virtualwire.cloud.spi.HypervisorEvent.MachineChanged;
import io.virtualwire.cloud.spi.MachineMigration.Outcome;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every {@link Hypervisor} owes, and two of them that move a machine between themselves. */
public abstract class HypervisorContractTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(5);
    private static final String WEB = "web1";

    /** Two hypervisors without machines, and with what {@link #web} needs. */
    protected abstract Hypervisor source();

    protected abstract Hypervisor target();

    /** How the source reaches the target. */
    protected abstract String targetUri();

    /** A hypervisor that is not there, as the source would reach it. */
    protected abstract String nowhere();

    /** A machine that has something to copy for as long as it is busy. */
    protected abstract MachineSpec web(String name);

    /** Returns when the machine that was started is busy. */
    protected abstract void awaitBusy();

    @Test
    public final void machinesAreMadeAndEndedAndMovedByWhoeverAsksAgain() {
        Hypervisor here = source();
        Hypervisor there = target();
        List<MachineChanged> atSource = heard(here);
        List<MachineChanged> atTarget = heard(there);

        Machine made = here.define(web(WEB));
        assertThat(made.state()).isEqualTo(Machine.State.STOPPED);
        assertThat(made.nics()).hasSize(1);
        here.start(WEB);
        here.start(WEB);
        awaitBusy();
        assertThat(here.machine(WEB).state()).isEqualTo(Machine.State.RUNNING);
        awaitChanges(atSource, Change.DEFINED, Change.STARTED);
        assertThat(here.state(made.id())).contains(Machine.State.RUNNING);
        assertThat(there.state(made.id())).isEmpty();
        assertThat(here.memory().givenMebibytes()).containsEntry(made.id(), (long) web(WEB).memoryMebibytes());
        assertThat(here.memory().freeMebibytes())
                .isEqualTo(here.memory().totalMebibytes() - web(WEB).memoryMebibytes());
        assertThat(there.memory().givenMebibytes()).isEmpty();
        here.resume(WEB);
        assertThat(here.isMoving(WEB)).isFalse();
        here.giveUp(WEB);
        assertThat(here.pauseMillis(WEB)).as("it did not come by a move").isEmpty();

        // One that is too slow to end is given up, by the one who began it or by anybody else.
        MachineMigration slow =
                here.migrate(WEB, MigrationPlan.peerToPeer(targetUri()).atMost(1));
        Awaitility.await("it comes in")
                .atMost(LIMIT)
                .pollInterval(GLANCE)
                .until(() -> there.state(made.id()).equals(Optional.of(Machine.State.PAUSED)));
        begun(slow);
        slow.abort();
        assertThat(outcome(slow)).isInstanceOf(Outcome.Aborted.class);
        MachineMigration again =
                here.migrate(WEB, MigrationPlan.peerToPeer(targetUri()).atMost(1));
        begun(again);
        here.giveUp(WEB);
        assertThat(outcome(again)).isInstanceOf(Outcome.Aborted.class);
        assertThat(here.isMoving(WEB)).isFalse();
        assertThat(here.machine(WEB).state()).isEqualTo(Machine.State.RUNNING);
        Awaitility.await().atMost(LIMIT).until(() -> there.machines().isEmpty());

        assertThat(outcome(here.migrate(WEB, MigrationPlan.peerToPeer(nowhere()))))
                .isInstanceOf(Outcome.Failed.class);
        assertThat(here.machine(WEB).state()).isEqualTo(Machine.State.RUNNING);

        atTarget.clear();
        MachineMigration move = here.migrate(WEB, MigrationPlan.peerToPeer(targetUri()));
        assertThat(outcome(move)).isInstanceOf(Outcome.Arrived.class);
        move.abort();
        assertThat(there.machine(WEB).id()).isEqualTo(made.id());
        assertThat(there.machine(WEB).state()).isEqualTo(Machine.State.RUNNING);
        for (int asked = 0; asked < 2; asked++) {
            assertThat(there.pauseMillis(WEB).orElse(-1)).isNotNegative();
        }
        assertThat(here.machines()).as("its description went with it").isEmpty();
        awaitChanges(atTarget, Change.STARTED, Change.RESUMED);
        assertThat(atTarget.stream()
                        .filter(event -> event.change() == Change.RESUMED)
                        .allMatch(MachineChanged::migrated))
                .isTrue();

        there.stop(WEB);
        there.stop(WEB);
        assertThat(there.machine(WEB).state()).isEqualTo(Machine.State.STOPPED);
        assertThat(there.state(made.id())).contains(Machine.State.STOPPED);
        there.remove(WEB);
        there.remove(WEB);
        there.stop(WEB);
        refused(ErrorCode.NOT_FOUND, () -> there.start(WEB));
        refused(ErrorCode.NOT_FOUND, () -> there.machine(WEB));
        refused(ErrorCode.NOT_FOUND, () -> there.isMoving(WEB));
        assertThat(there.machines()).isEmpty();
    }

    private static Outcome outcome(MachineMigration migration) {
        return migration
                .outcome()
                .toCompletableFuture()
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static List<MachineChanged> heard(Hypervisor hypervisor) {
        List<MachineChanged> events = new CopyOnWriteArrayList<>();
        hypervisor.listen(event -> {
            if (event instanceof MachineChanged changed) {
                events.add(changed);
            }
        });
        return events;
    }

    private static void awaitChanges(List<MachineChanged> events, Change... expected) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(events).extracting(MachineChanged::change).contains(expected));
    }

    private static void refused(ErrorCode code, Runnable what) {
        assertThatThrownBy(what::run)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** As soon as it copies: on a busy machine a small guest may have gone soon after. */
    private static void begun(MachineMigration move) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(GLANCE)
                .until(() -> move.progress().totalBytes() > 0);
    }
}
