package io.virtualwire.authority;

import io.virtualwire.identity.Succession;
import java.time.Instant;
import java.util.Optional;

/**
 * That an authority takes the place of the one before.
 *
 * @param since when it came to this stage
 * @param former the certificate of the one before, as PEM
 * @param next that of the one that takes its place
 * @param formerList the newest revocation list of the one before, as PEM; the next one's is the register's
 */
record RotationRecord(Succession.Stage stage, Instant since, String former, String next, Optional<String> formerList) {
    RotationRecord at(Succession.Stage newStage, Instant now) {
        return new RotationRecord(newStage, now, former, next, formerList);
    }

    RotationRecord listing(String pem) {
        return new RotationRecord(stage, since, former, next, Optional.of(pem));
    }

    boolean isOver() {
        return stage == Succession.Stage.RETIRED;
    }
}
