package io.virtualwire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@NetnsTest
final class NetworkNamespaceNetnsTest {
    private static final Path NAMESPACE = Path.of("/proc/thread-self/ns/net");

    /** A virtual thread that is woken in another namespace may make its carrier threads begin there. */
    @Test
    void workElsewhereLeavesNoThreadThere() throws Exception {
        Path own = Files.readSymbolicLink(NAMESPACE);
        try (Namespaces lab = Namespaces.open()) {
            NetworkNamespace elsewhere =
                    new NetworkNamespace(lab.namespace("elsewhere").name());
            List<Path> there = together(100, () -> elsewhere.call(() -> Files.readSymbolicLink(NAMESPACE)));
            assertThat(there).doesNotContain(own).hasSize(100);
            assertThat(there.stream().distinct()).hasSize(1);

            CountDownLatch all = new CountDownLatch(100);
            List<Path> here = together(100, () -> {
                all.countDown();
                all.await();
                return Files.readSymbolicLink(NAMESPACE);
            });
            assertThat(here).containsOnly(own);
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> new NetworkNamespace("no-such-namespace").call(() -> 1))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("no-such-namespace");
    }

    private static <T> List<T> together(int count, Callable<T> work) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                running.add(threads.submit(work));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : running) {
                results.add(each.get());
            }
            return results;
        }
    }
}
