package io.virtualwire.log;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/**
 * An entry, or a snapshot, that only a later release understands. Whoever meets it must not go on without it, as it would come to
 * another state than the others: it stops, and finds the entry again when the later release is started on its folder.
 */
public final class NewerReleaseNeeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NewerReleaseNeeded(String message) {
        super(message);
    }

    /** As it is told to whoever asks this node. */
    WireException refusal() {
        return new WireException(
                ErrorCode.WRONG_STATE,
                "cannot follow the log: " + getMessage(),
                "start the release on this node that the others run, on the same folder",
                this);
    }
}
