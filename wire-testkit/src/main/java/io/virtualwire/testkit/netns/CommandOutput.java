package io.virtualwire.testkit.netns;

/**
 * How a command ended.
 *
 * @param command what was run, as a person would type it
 * @param status its exit status
 * @param text what it printed, standard output and error together
 */
public record CommandOutput(String command, int status, String text) {
    /** Whether it exited with status 0. */
    public boolean succeeded() {
        return status == 0;
    }

    /** This output, or an {@link AssertionError} that shows it when the command failed. */
    public CommandOutput orFail() {
        if (!succeeded()) {
            throw new AssertionError("`" + command + "` exited with " + status + ":\n" + text);
        }
        return this;
    }
}
