package io.virtualwire.cli.output;

/** The exit statuses of {@code wire}. */
public final class ExitCode {
    /** Done. */
    public static final int OK = 0;
    /** Refused or failed; standard error says why. */
    public static final int FAILED = 1;
    /** The command line was not understood. */
    public static final int USAGE = 2;

    private ExitCode() {}
}
