package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.connector.succession.Stage;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Either process of a succession is killed at one of its steps: one of the two has everything, or the journal brings it back. */
@NetnsTest
final class SuccessionFaultsNetnsTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final Credentials A = ACME.issue("host-a");
    private static final Credentials B = ACME.issue("host-b");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final boolean LONG = Boolean.getBoolean("wire.long");
    private static final List<Stage> NEW_BEFORE =
            LONG ? List.of(Stage.PREPARED, Stage.RECEIVED, Stage.RESTORED) : List.of(Stage.RESTORED);
    private static final List<Stage> NEW_AFTER = LONG ? List.of(Stage.TAKEN, Stage.GOES_ON) : List.of();
    private static final List<Stage> OLD_BEFORE = LONG ? List.of(Stage.ASKED, Stage.STANDING_STILL) : List.of();
    private static final List<Stage> OLD_AFTER = LONG ? List.of(Stage.OFFERED, Stage.LEFT) : List.of(Stage.OFFERED);

    private final ConnectorLab lab = new ConnectorLab();

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void whoeverIsKilledTheWireComesBackAndTheOtherGoesOnWithoutALoss() {
        lab.start(lab.hostB(), ADDRESS_B, B, "");
        RunningCommand old = lab.start(lab.hostA(), ADDRESS_A, A, "");
        lab.connectWebToDb(ACME.issue("me"), A, B);

        Pings pings = new Pings(lab.hostA(), "10.1.0.2", 5);
        for (Stage stage : NEW_BEFORE) {
            RunningCommand heir = lab.begin(lab.hostA(), ADDRESS_A, A, "", "take-over", stage.name());
            heir.awaitLine("stopped at " + stage, LIMIT);
            heir.kill();
            if (stage != Stage.PREPARED) {
                old.awaitLine("this (connector|one) goes on", LIMIT);
            }
        }
        pings.endWithoutALoss();
        assertThat(old.alive()).isTrue();

        for (Stage stage : NEW_AFTER) {
            RunningCommand heir = lab.begin(lab.hostA(), ADDRESS_A, A, "", "take-over", stage.name());
            heir.awaitLine("stopped at " + stage, LIMIT);
            old.awaitLine("replaced by " + heir.pid(), LIMIT);
            heir.kill();
            old = lab.start(lab.hostA(), ADDRESS_A, A, "");
            lab.awaitPing(lab.hostA(), "10.1.0.2");
        }

        for (Stage stage : OLD_BEFORE) {
            old.close();
            old = lab.begin(lab.hostA(), ADDRESS_A, A, "", "start", stage.name());
            old.awaitLine("ready acme/", LIMIT);
            lab.awaitPing(lab.hostA(), "10.1.0.2");
            RunningCommand heir = lab.begin(lab.hostA(), ADDRESS_A, A, "", "take-over");
            old.awaitLine("stopped at " + stage, LIMIT);
            old.kill();
            heir.awaitLine("ready acme/", LIMIT);
            lab.awaitPing(lab.hostA(), "10.1.0.2");
            old = heir;
        }

        for (Stage stage : OLD_AFTER) {
            old.close();
            old = lab.begin(lab.hostA(), ADDRESS_A, A, "", "start", stage.name());
            old.awaitLine("ready acme/", LIMIT);
            lab.awaitPing(lab.hostA(), "10.1.0.2");
            Pings running = new Pings(lab.hostA(), "10.1.0.2", 5);
            RunningCommand heir = lab.begin(lab.hostA(), ADDRESS_A, A, "", "take-over");
            old.awaitLine("stopped at " + stage, LIMIT);
            heir.awaitLine("reached GOES_ON", LIMIT);
            old.kill();
            heir.awaitLine("ready acme/", LIMIT);
            running.endWithoutALoss();
            old = heir;
        }
    }
}
