package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Identity;
import io.virtualwire.log.InMemoryFabric;
import io.virtualwire.testkit.fabric.VirtualFabric;
import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class AnnouncementTest {
    private final VirtualFabric time = new VirtualFabric(1, Weather.FINE);
    private final Loop loop = time.node("east").loop();
    private final InMemoryFabric<FabricCommand, FabricState> logs = new InMemoryFabric<>(new FabricStateMachine(), 2);

    @Test
    void whoIsHeardIsInTheFabric() {
        CompletableFuture<Void> heard = announce();

        assertThat(heard).isCompleted();
        assertThat(logs.log(1).current().state().nodes()).containsKey("east");
    }

    @Test
    void itIsSaidAgainUntilAMajorityIsThere() {
        logs.stop(1);
        CompletableFuture<Void> heard = announce();
        time.run(Duration.ofMinutes(1));
        assertThat(heard).isNotDone();

        logs.start(1);
        time.run(Duration.ofSeconds(1));

        assertThat(heard).isCompleted();
        assertThat(logs.log(1).current().state().nodes()).containsKey("east");
    }

    private CompletableFuture<Void> announce() {
        return new Announcement(
                        logs.log(0),
                        loop,
                        new NodeRecord("east", new Identity("acme", "node-east"), "1", List.of(), "east:7482"))
                .begin();
    }
}
