package io.virtualwire.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.FakeServiceManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said to a service manager, and what it keeps. */
final class ServiceManagerTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @Test
    void itHearsWhatTheServiceDoes() {
        try (FakeServiceManager fake = new FakeServiceManager(folder)) {
            ServiceManager manager = ServiceManager.of(fake.environment());
            assertThat(manager.ready()).isTrue();
            assertThat(manager.reloading(5_000)).isTrue();
            assertThat(manager.status("two\nlines")).isTrue();
            assertThat(manager.alive()).isTrue();
            assertThat(manager.stopping()).isTrue();
            assertThat(manager.await(LIMIT)).isTrue();
            assertThat(fake.said())
                    .containsExactly(
                            "READY=1", "RELOADING=1", "STATUS=two lines", "WATCHDOG=1", "STOPPING=1", "BARRIER=1");
        }
    }

    @Test
    void whatItKeepsOutlivesTheServiceAndIsTakenOnce() {
        try (FakeServiceManager fake = new FakeServiceManager(folder)) {
            ServiceManager manager = ServiceManager.of(fake.environment());
            int file = MemoryFile.holding("left".getBytes(StandardCharsets.UTF_8));
            assertThat(manager.keep("estate", file)).isTrue();
            assertThat(manager.keep("other", file)).isTrue();
            assertThat(manager.forget("other")).isTrue();
            assertThat(manager.await(LIMIT)).isTrue();
            UnixSocket.closeDescriptor(file);
            assertThat(fake.kept()).containsExactly("estate");

            int first = fake.handOut().take("estate").orElseThrow();
            assertThat(MemoryFile.take(first)).asString(StandardCharsets.UTF_8).isEqualTo("left");
            UnixSocket.closeDescriptor(first);
            int second = fake.handOut().take("estate").orElseThrow();
            assertThat(MemoryFile.take(second)).as("nobody gets it twice").isEmpty();
            UnixSocket.closeDescriptor(second);
        }
    }

    @Test
    void nobodyListensWithoutHarm() {
        ServiceManager manager = ServiceManager.of(
                Map.of("NOTIFY_SOCKET", folder.resolve("nobody").toString()));
        assertThat(manager.ready()).isFalse();
        assertThat(manager.await(LIMIT)).isFalse();
        assertThat(ServiceManager.of(Map.of("NOTIFY_SOCKET", "@virtualwire-nobody"))
                        .ready())
                .isFalse();
        assertThat(ServiceManager.none().ready()).isFalse();
        assertThat(ServiceManager.none().keeps()).isFalse();
    }

    @Test
    void itSaysHowOftenItWantsToHear() {
        Map<String, String> said = new HashMap<>(Map.of("NOTIFY_SOCKET", "/run/x", "WATCHDOG_USEC", "30000000"));
        assertThat(ServiceManager.of(said).watchdog()).contains(Duration.ofSeconds(30));
        said.put("WATCHDOG_PID", "1");
        assertThat(ServiceManager.of(said).watchdog()).isEmpty();
        said.put("FDSTORE", "0");
        assertThat(ServiceManager.of(said).keeps()).isFalse();
    }

    @Test
    void descriptorsOfAnotherProcessAreNotOurs() {
        Map<String, String> said = new HashMap<>(Map.of("LISTEN_PID", "1", "LISTEN_FDS", "2", "LISTEN_FDNAMES", "a:b"));
        assertThat(KeptDescriptors.of(said).names()).isEmpty();
        said.put("LISTEN_PID", Long.toString(ProcessHandle.current().pid()));
        KeptDescriptors kept = KeptDescriptors.of(said);
        assertThat(kept.names()).containsExactly("a", "b");
        assertThat(kept.take("b")).contains(4);
        assertThat(kept.take("b")).isEmpty();
    }
}
