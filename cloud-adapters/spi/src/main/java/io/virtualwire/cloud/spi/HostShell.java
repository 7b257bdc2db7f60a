package io.virtualwire.cloud.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Commands and files on one host, as its superuser.
 *
 * <ol>
 *   <li>A command is its arguments, each given to it as it is; what is secret goes through its standard input.
 *   <li>A command that does not end within its limit is ended; {@code TIMEOUT} says so.
 *   <li>A host that does not answer is {@code UNAVAILABLE}, one that does not let us in {@code UNAUTHENTICATED}, one that is no
 *       more {@code NOT_FOUND}.
 *   <li>A file is written whole or not at all, and never readable by more than its mode says.
 * </ol>
 */
public interface HostShell extends AutoCloseable {

    /** Runs a command that reads nothing, and waits for it. */
    default CommandResult run(Duration limit, List<String> command) {
        return run(limit, command, new byte[0]);
    }

    /** Runs a command that reads this, and waits for it. */
    CommandResult run(Duration limit, List<String> command, byte[] input);

    /**
     * Writes a file, and the folders that it lies in.
     *
     * @param path absolute
     * @param mode permissions, such as {@code 0600}
     */
    void put(String path, int mode, byte[] content);

    /** Copies a file of any size, and makes the folders that it lies in. */
    void put(String path, int mode, Path content);

    /** Where things lie on this host. */
    HostLayout layout();

    /** How daemons are kept running there. */
    Services services();

    @Override
    void close();
}
