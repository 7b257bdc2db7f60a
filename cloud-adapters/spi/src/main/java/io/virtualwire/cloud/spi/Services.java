package io.virtualwire.cloud.spi;

/**
 * How daemons are kept running on a host: one that ends by itself is started again, one that runs outlives the shell.
 *
 * <p>Every call is idempotent.
 */
public interface Services {

    /** Starts a daemon now, and again after a boot of the host where it boots. */
    void start(HostService service);

    /** Starts it, or anew if it runs: it reads its configuration. */
    void restart(HostService service);

    /** Ends it and waits for that; it is not started again. */
    void stop(String unit);

    /** Whether it runs now; one that ends again and again does not. */
    boolean running(String unit);

    /** The last lines that it wrote; empty if it wrote nothing. */
    String log(String unit, int lines);
}
