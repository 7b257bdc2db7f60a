package io.virtualwire.wire;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes down what a {@link SideActivation} tells. */
final class ActivationWatch {
    private static final long NOT_YET = -1;

    private @Nullable ActivationCause cause;
    private long at;
    private long heard = NOT_YET;
    private long firstFrame = NOT_YET;
    private boolean awaitsFrame;

    void activated(ActivationCause by, long now) {
        cause = by;
        at = now;
        heard = NOT_YET;
        firstFrame = NOT_YET;
        awaitsFrame = true;
    }

    void heard(long now) {
        if (cause != null && heard == NOT_YET) {
            heard = now - at;
        }
    }

    /* HOT PATH */
    boolean awaitsFrame() {
        return awaitsFrame;
    }

    void frame(long now) {
        awaitsFrame = false;
        firstFrame = now - at;
    }

    Optional<SideActivation> seen() {
        return Optional.ofNullable(cause).map(by -> new SideActivation(by, heard, firstFrame));
    }
}
