package io.virtualwire.cli.provision;

/** One thing that is done to make a machine a host; doing it again does nothing that was done. */
public interface HostStep {
    /** What is reached by it. */
    Step reaches();

    /** Whether it is done again when a run goes on: what was true then need not be now. */
    default boolean isLooked() {
        return false;
    }

    /**
     * Does it.
     *
     * @return what came of it, in a few words
     * @throws io.virtualwire.control.WireException if it cannot be done
     */
    String take(Site site);
}
