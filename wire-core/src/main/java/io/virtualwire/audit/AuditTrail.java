package io.virtualwire.audit;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where changes are noted. Safe for use by several threads. */
public final class AuditTrail {
    private static final String LOCAL = "local";

    private final AuditFile file;
    private final InstantSource clock;

    public AuditTrail(AuditFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** Something that who has the machine did. */
    public void local(String operation, String target, @Nullable Throwable failure) {
        write(LOCAL, "", operation, target, Optional.empty(), failure);
    }

    /**
     * Something that a caller of the interface asked for.
     *
     * @param failure why it was not done; null if it was
     */
    public void asked(
            Identity caller,
            String from,
            String operation,
            String target,
            Optional<String> key,
            @Nullable Throwable failure) {
        write(caller.toString(), from, operation, target, key, failure);
    }

    /** What is wrong with it, for who looks after the daemon. */
    public Optional<String> problem() {
        return file.problem();
    }

    private void write(
            String caller,
            String from,
            String operation,
            String target,
            Optional<String> key,
            @Nullable Throwable failure) {
        Optional<String> code = failure == null
                ? Optional.empty()
                : Optional.of(
                        failure instanceof WireException refused
                                ? refused.code().name()
                                : "INTERNAL");
        file.write(new AuditRecord(
                clock.instant().truncatedTo(ChronoUnit.MILLIS).toString(),
                caller,
                from,
                operation,
                target,
                failure == null ? "done" : isRefusal(failure) ? "refused" : "failed",
                code,
                key));
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof WireException refused && refused.code().category() == ErrorCode.Category.REQUEST;
    }
}
