package io.virtualwire.cli.doctor;

/** How bad a finding is. */
public enum Verdict {
    /** As it should be. */
    OK,
    /** Works, but something is slower, or missing that only some need. */
    WARN,
    /** A connector cannot run like this. */
    FAIL
}
