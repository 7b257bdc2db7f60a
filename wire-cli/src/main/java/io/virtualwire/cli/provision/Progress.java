package io.virtualwire.cli.provision;

import io.virtualwire.control.WireException;

/** Hears how hosts are made. */
public interface Progress {
    /** A step begins. */
    void begins(String host, Step step);

    /** A step is done. */
    void done(String host, Step step, String detail);

    /** A step was not done; what was made for the host is being removed, if {@code removed}. */
    void failed(String host, Step step, WireException why, boolean removed);
}
