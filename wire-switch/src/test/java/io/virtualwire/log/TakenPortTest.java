package io.virtualwire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A voter whose port somebody else has: it says so, its process goes on, and it can be opened again. */
class TakenPortTest {
    private static final LogSettings SETTINGS =
            new LogSettings(Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofSeconds(2), 10, 4096);

    @TempDir
    private Path folder;

    @Test
    void isSaidAndEndsNothing() throws Exception {
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        InetSocketAddress address = new OwnLoopback().free();
        List<Voter> alone = List.of(new Voter("east", address));
        try (ServerSocket taken = new ServerSocket(address.getPort(), 1, address.getAddress())) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> open(alone)).isInstanceOfSatisfying(WireException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM);
                assertThat(e.getMessage()).contains(address.getAddress().getHostAddress() + ":" + address.getPort());
                assertThat(e.hint()).contains("the address");
            });
        }
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(handler);
        try (FabricLog<Ledger.Command, Ledger> log = open(alone)) {
            await().atMost(Duration.ofSeconds(20)).until(log::isLeader);
        }
    }

    private FabricLog<Ledger.Command, Ledger> open(List<Voter> voters) {
        return RaftLog.open("test", "east", voters, folder, new Ledger.Machine(), SETTINGS);
    }
}
