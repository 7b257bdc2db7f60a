package io.virtualwire.connector.succession;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.linux.DescriptorStore;
import io.virtualwire.linux.KeptDescriptors;
import io.virtualwire.linux.MemoryFile;
import io.virtualwire.linux.ServiceManager;
import io.virtualwire.linux.UnixSocket;
import io.virtualwire.testkit.FakeServiceManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process leaves with the service manager, and the next finds. */
final class LegacyTest {
    @TempDir
    private Path folder;

    private FakeServiceManager manager;
    private int socket;

    @BeforeEach
    void start() {
        manager = new FakeServiceManager(folder);
        socket = MemoryFile.holding("stands for a socket".getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void end() {
        UnixSocket.closeDescriptor(socket);
        manager.close();
    }

    @Test
    void theNextProcessFindsItWholeAndTheOneAfterItFindsNothing() {
        Estate estate = SampleEstate.make();
        assertThat(new Legacy(next()).leave(estate, List.of(socket))).isTrue();
        KeptDescriptors heirs = manager.handOut();
        KeptDescriptors late = manager.handOut();

        Legacy.Found found = new Legacy(next(heirs)).find().orElseThrow();
        assertThat(new Parcels(UnixSocket.pair().getFirst()).encode(found.estate()))
                .isEqualTo(new Parcels(UnixSocket.pair().getFirst()).encode(estate));
        assertThat(found.sockets()).hasSize(1);
        assertThat(MemoryFile.take(found.sockets().getFirst()))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("stands for a socket");
        found.sockets().forEach(UnixSocket::closeDescriptor);
        assertThat(manager.kept()).as("nothing waits for a third").isEmpty();
        assertThat(new Legacy(next(late)).find())
                .as("whoever was given it too, by whatever accident, must not use its nonces")
                .isEmpty();
    }

    @Test
    void whatAnotherReleaseLeftIsNotGuessedAt() {
        DescriptorStore store = next();
        int later = MemoryFile.holding(
                "{\"version\":99,\"content\":{\"meaning\":\"other\"}}".getBytes(StandardCharsets.UTF_8));
        store.keep("estate", later);
        store.keep("socket-0", socket);
        store.keep("tap-1", socket);
        store.settle();
        UnixSocket.closeDescriptor(later);
        assertThat(new Legacy(next()).find()).isEmpty();
        assertThat(manager.kept()).as("devices stay good").containsExactly("tap-1");
    }

    @Test
    void nobodyWhoKeepsItIsNoMatter() {
        assertThat(new Legacy(DescriptorStore.none()).find()).isEmpty();
        assertThat(new Legacy(DescriptorStore.none()).leave(SampleEstate.make(), List.of(socket)))
                .isFalse();
        ServiceManager gone =
                ServiceManager.of(Map.of("NOTIFY_SOCKET", folder.resolve("gone").toString()));
        assertThat(new Legacy(new DescriptorStore(gone, KeptDescriptors.none()))
                        .leave(SampleEstate.make(), List.of(socket)))
                .isFalse();
    }

    private DescriptorStore next() {
        return next(manager.handOut());
    }

    private DescriptorStore next(KeptDescriptors kept) {
        return new DescriptorStore(ServiceManager.of(manager.environment()), kept);
    }
}
