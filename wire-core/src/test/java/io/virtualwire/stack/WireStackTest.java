package io.virtualwire.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TenantAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireStackTest {
    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());

    @Test
    void listensOnOnePortForBoth() {
        try (WireStack stack = start("a", 0)) {
            assertThat(stack.port()).isPositive();
            assertThat(stack.identity()).hasToString("acme/a");
            assertThat(WireStack.await(stack.associations())).isEmpty();
            assertThat(WireStack.await(stack.drops()).datagrams()).isEmpty();
        }
    }

    @Test
    void saysWhenThePortIsTaken() {
        try (WireStack stack = start("a", 0)) {
            assertThatThrownBy(() -> start("b", stack.port()))
                    .isInstanceOfSatisfying(
                            WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM));
        }
    }

    @Test
    void leavesNothingBehind() throws IOException {
        start("warm-up", 0).close();
        List<String> before = descriptors();
        for (int i = 0; i < 3; i++) {
            start("leak-" + i, 0).close();
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(descriptors()).hasSizeLessThanOrEqualTo(before.size());
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("wire-leak"));
        });
    }

    @Test
    void refusesCommandsAfterItsEnd() {
        WireStack stack = start("a", 0);
        stack.close();
        stack.close();
        assertThatThrownBy(() -> WireStack.await(stack.sides()))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    private WireStack start(String name, int port) {
        return WireStack.start(
                new StackConfig(
                        acme.issue(name),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        AssociationLimits.DEFAULT),
                event -> {});
    }

    private static List<String> descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.map(Path::toString).toList();
        }
    }
}
