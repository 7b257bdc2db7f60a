package io.virtualwire.cloud.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link CloudAdapter} owes, numbered as there. */
public abstract class CloudAdapterContractTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private CloudAdapter cloud;

    /** An adapter to an empty cloud. */
    protected abstract CloudAdapter emptyCloud();

    /** Another adapter to the same cloud, as another process would have it. */
    protected abstract CloudAdapter sameCloud();

    @BeforeEach
    final void open() {
        cloud = emptyCloud();
    }

    @AfterEach
    final void removeEverything() {
        cloud.hosts().forEach(host -> cloud.remove(host.name()));
        assertThat(cloud.hosts()).isEmpty();
    }

    @Test
    final void launchingTwiceGivesTheSameHost() {
        CloudHost first = cloud.launch("one");
        assertThat(cloud.launch("one")).isEqualTo(first);
        assertThat(cloud.hosts()).containsExactly(first);
        assertThat(first.mtu()).isGreaterThanOrEqualTo(1280);
    }

    @Test
    final void removingWhatIsAbsentSucceeds() {
        cloud.remove("nobody");
        cloud.launch("one");
        cloud.remove("one");
        cloud.remove("one");
        assertThat(cloud.hosts()).isEmpty();
    }

    @Test
    final void anotherAdapterSeesTheSame() {
        CloudHost one = cloud.launch("one");
        CloudHost two = cloud.launch("two");
        CloudAdapter other = sameCloud();
        assertThat(other.hosts()).containsExactly(one, two);
        other.remove("one");
        assertThat(cloud.hosts()).containsExactly(two);
        assertThat(cloud.launch("three").address()).isNotEqualTo(two.address());
    }

    @Test
    final void hostsReachEachOther() {
        cloud.launch("one");
        CloudHost two = cloud.launch("two");
        CommandResult ping = cloud.run(
                "one",
                LIMIT,
                List.of("ping", "-c", "1", "-W", "5", two.address().getHostAddress()));
        assertThat(ping.succeeded()).as(ping.output()).isTrue();
    }

    @Test
    final void aCommandsOutcomeIsReported() {
        cloud.launch("one");
        assertThat(cloud.run("one", LIMIT, List.of("sh", "-c", "echo said; exit 3")))
                .isEqualTo(new CommandResult(3, "said\n"));
    }

    @Test
    final void aCommandThatTakesTooLongIsEnded() {
        cloud.launch("one");
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> cloud.run("one", Duration.ofMillis(200), List.of("sleep", "60")))
                .matches(e -> e.code() == ErrorCode.TIMEOUT);
    }

    @Test
    final void whatCannotBeIsRefusedClearly() {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> cloud.launch("Not a name"))
                .matches(e -> e.code() == ErrorCode.BAD_REQUEST);
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> cloud.run("nobody", LIMIT, List.of("true")))
                .matches(e -> e.code() == ErrorCode.NOT_FOUND);
    }
}
