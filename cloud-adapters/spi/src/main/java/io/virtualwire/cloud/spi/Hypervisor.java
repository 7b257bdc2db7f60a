package io.virtualwire.cloud.spi;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What a hypervisor must offer so that virtual machines can be started and moved by us, or watched while others do.
 *
 * <ol>
 *   <li>What exists is read from the hypervisor at every call; machines that somebody else made are there, too.
 *   <li>Defining and starting are idempotent; so are stopping and removing.
 *   <li>A machine's events are told in their order, also those of what others do. Nothing is told twice; what happened while
 *       there was no connection is not told, but {@link HypervisorEvent.ConnectionBack} says that it has to be read.
 *   <li>A call fails with {@code NOT_FOUND}, {@code WRONG_STATE}, {@code UNAVAILABLE} while there is no connection, or
 *       {@code SYSTEM} with the hypervisor's own words.
 * </ol>
 *
 * <p>Safe for use by several threads. Calls block; none from within a listener.
 */
public interface Hypervisor extends AutoCloseable {

    /** How the hypervisor was addressed. */
    String uri();

    /** All machines, running or not, in the order of their names. */
    List<Machine> machines();

    /** The machine of this name. */
    Machine machine(String name);

    /**
     * What a machine does, told at once even while it is being moved, when {@link #machine} may have to wait.
     *
     * @param id the machine's
     * @return empty if it is not there
     */
    Optional<Machine.State> state(UUID id);

    /** How much memory there is, and which machines that run have how much of it. */
    HostMemory memory();

    /** Makes a machine known, which is not started by that; or changes one that does not run. */
    Machine define(MachineSpec spec);

    /** Starts a machine that is known. */
    void start(String name);

    /** Ends a machine at once, as pulling its plug would. */
    void stop(String name);

    /** Forgets a machine that does not run. */
    void remove(String name);

    /** Lets a machine that is paused go on; nothing happens if it runs. */
    void resume(String name);

    /**
     * For how many milliseconds a machine did not run when it was moved here, as the hypervisors themselves measured it.
     *
     * @return empty if it was not moved here, or they do not know
     */
    OptionalLong pauseMillis(String name);

    /** Begins to move a running machine; others may be moved meanwhile. */
    MachineMigration migrate(String name, MigrationPlan plan);

    /** Whether a machine is being moved from here, whoever began that. */
    boolean isMoving(String name);

    /** Asks to give up a move of a machine from here, whoever began it; nothing happens if there is none. */
    void giveUp(String name);

    /** Tells the listener what happens from now on, until the subscription is closed; one event at a time. */
    Subscription listen(Consumer<HypervisorEvent> listener);

    @Override
    void close();

    /** Ends what was subscribed to; idempotent. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
