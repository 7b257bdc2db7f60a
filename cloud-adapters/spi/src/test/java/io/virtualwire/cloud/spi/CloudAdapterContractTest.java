package io.virtualwire.cloud.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link CloudAdapter} and every {@link HostShell} owes. */
public abstract class CloudAdapterContractTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final HostService SLEEPER =
            new HostService("wire-test-sleeper", List.of("sh", "-c", "echo awake; exec sleep 600"));

    private CloudAdapter cloud;

    /** An adapter to an empty cloud. */
    protected abstract CloudAdapter emptyCloud();

    /** Another adapter to the same cloud, as another process would have it. */
    protected abstract CloudAdapter sameCloud();

    /** Brings a host of this name into the cloud, or finds it; the same whoever asks again. */
    protected CloudHost obtain(CloudAdapter of, String name) {
        return of.launch(HostOrder.of(name));
    }

    @BeforeEach
    final void open() {
        cloud = emptyCloud();
    }

    @AfterEach
    final void removeEverything() {
        cloud.hosts().forEach(host -> cloud.remove(host.name()));
        assertThat(cloud.hosts()).isEmpty();
        assertThat(cloud.resources()).as("whatever was made for hosts").noneMatch(it -> it.host() != null);
        cloud.close();
    }

    @Test
    final void obtainingTwiceGivesTheSameHost() {
        CloudHost first = obtain(cloud, "one");
        assertThat(obtain(cloud, "one")).isEqualTo(first);
        assertThat(cloud.hosts()).containsExactly(first);
        assertThat(first.state()).isEqualTo(HostState.RUNNING);
        assertThat(first.mtu()).isGreaterThanOrEqualTo(1280);
        assertThat(cloud.resources())
                .as("what was made is listed")
                .allSatisfy(it -> assertThat(it.kind()).isNotBlank());
    }

    @Test
    final void removingWhatIsAbsentSucceeds() {
        cloud.remove("nobody");
        obtain(cloud, "one");
        cloud.remove("one");
        cloud.remove("one");
        assertThat(cloud.hosts()).isEmpty();
    }

    @Test
    final void anotherAdapterSeesTheSame() {
        CloudHost one = obtain(cloud, "one");
        CloudHost two = obtain(cloud, "two");
        try (CloudAdapter other = sameCloud()) {
            assertThat(other.hosts()).containsExactly(one, two);
            assertThat(other.resources()).isEqualTo(cloud.resources());
            other.remove("one");
        }
        assertThat(cloud.hosts()).containsExactly(two);
        assertThat(obtain(cloud, "three").addressFor(two)).isNotEqualTo(two.addressFor(two));
    }

    @Test
    final void hostsReachEachOther() {
        CloudHost one = obtain(cloud, "one");
        CloudHost two = obtain(cloud, "two");
        try (HostShell shell = cloud.shell(one)) {
            CommandResult ping = shell.run(
                    LIMIT,
                    List.of("ping", "-c", "1", "-W", "5", two.addressFor(one).getHostAddress()));
            assertThat(ping.succeeded()).as(ping.output()).isTrue();
        }
    }

    @Test
    final void commandsGetTheirArgumentsAndInputAsTheyAre() {
        try (HostShell shell = cloud.shell(obtain(cloud, "one"))) {
            assertThat(shell.run(LIMIT, List.of("sh", "-c", "echo said; echo more >&2; exit 3")))
                    .isEqualTo(new CommandResult(3, "said\nmore\n"));
            assertThat(shell.run(LIMIT, List.of("printf", "<%s>", "a b", "", "c'd\"$HOME`id`\\", "e\nf", "-n;*"))
                            .output())
                    .isEqualTo("<a b><><c'd\"$HOME`id`\\><e\nf><-n;*>");
            String input = "marker ä\n".repeat(20_000);
            assertThat(shell.run(LIMIT, List.of("cat"), input.getBytes(StandardCharsets.UTF_8))
                            .output())
                    .isEqualTo(input);
            assertThat(shell.run(LIMIT, List.of("true"), new byte[200_000]).succeeded())
                    .as("it need not read what it is given")
                    .isTrue();
            refused(ErrorCode.TIMEOUT, () -> shell.run(Duration.ofMillis(300), List.of("sleep", "60")));
            assertThat(shell.run(LIMIT, List.of("id", "-u")).output())
                    .as("whoever asks is the superuser there")
                    .isEqualTo("0\n");
        }
    }

    @Test
    final void filesAreWrittenWithTheirModes(@TempDir Path here) throws IOException {
        Path large = here.resolve("large");
        Files.writeString(large, "0123456789abcdef".repeat(100_000));
        try (HostShell shell = cloud.shell(obtain(cloud, "one"))) {
            String folder = shell.layout().state() + "/wire-test/deep";
            shell.put(folder + "/it's small", 0600, "secret".getBytes(StandardCharsets.UTF_8));
            shell.put(folder + "/it's small", 0640, "later".getBytes(StandardCharsets.UTF_8));
            shell.put(folder + "/large", 0755, large);
            assertThat(shell.run(LIMIT, List.of("stat", "-c", "%a %s", folder + "/it's small", folder + "/large"))
                            .output())
                    .isEqualTo("640 5\n755 1600000\n");
            assertThat(shell.run(LIMIT, List.of("ls", "-A", folder)).output()).isEqualTo("it's small\nlarge\n");
            refused(ErrorCode.SYSTEM, () -> shell.put("/dev/null/nowhere", 0600, new byte[1]));
            shell.run(LIMIT, List.of("rm", "-r", shell.layout().state() + "/wire-test"));
        }
    }

    @Test
    final void daemonsAreKeptRunning() {
        CloudHost one = obtain(cloud, "one");
        try (HostShell shell = cloud.shell(one)) {
            if (SystemdServices.runs(shell) && !shell.layout().shared()) {
                shell.put(
                        "/etc/systemd/system/" + SLEEPER.unit() + ".service",
                        0644,
                        ("[Service]\nExecStart=/bin/sh -c 'echo awake; exec sleep 600'\nRestart=on-failure\n"
                                        + "[Install]\nWantedBy=multi-user.target\n")
                                .getBytes(StandardCharsets.UTF_8));
            }
            shell.services().start(SLEEPER);
        }
        try (HostShell shell = cloud.shell(one)) {
            Services services = shell.services();
            assertThat(services.running(SLEEPER.unit()))
                    .as("it outlives the shell")
                    .isTrue();
            services.start(SLEEPER);
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> services.log(SLEEPER.unit(), 5).contains("awake"));
            services.restart(SLEEPER);
            assertThat(services.running(SLEEPER.unit())).isTrue();
            services.stop(SLEEPER.unit());
            services.stop(SLEEPER.unit());
            assertThat(services.running(SLEEPER.unit())).isFalse();
            assertThat(services.running("wire-test-nothing")).isFalse();
        }
    }

    @Test
    final void admittingIsIdempotent() {
        CloudHost one = obtain(cloud, "one");
        CloudHost two = obtain(cloud, "two");
        Set<Admission> peers = Set.of(
                new Admission("two", two.addressFor(one), Admission.Protocol.UDP, 7471),
                new Admission("two", two.addressFor(one), Admission.Protocol.TCP, 7472));
        cloud.admit("one", peers);
        cloud.admit("one", peers);
        cloud.admit("one", Set.of());
    }

    @Test
    final void whatCannotBeIsRefusedClearly() {
        refused(ErrorCode.BAD_REQUEST, () -> obtain(cloud, "Not a name"));
        refused(ErrorCode.BAD_REQUEST, () -> cloud.remove("Not a name"));
        CloudHost one = obtain(cloud, "one");
        cloud.remove("one");
        refused(ErrorCode.NOT_FOUND, () -> {
            try (HostShell shell = cloud.shell(one)) {
                shell.run(LIMIT, List.of("true"));
            }
        });
    }

    protected static void refused(ErrorCode code, ThrowingCallable what) {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(what)
                .satisfies(refusal ->
                        assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code));
    }
}
