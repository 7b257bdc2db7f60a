package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.FabricEvent;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Applied;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.NodeRecord;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EventFeedTest {
    private final FabricStateMachine machine = new FabricStateMachine();
    private final EventFeed feed = new EventFeed();
    private FabricState state = machine.initial();

    @Test
    void tellsPageByPageFromAnyNumberOn() {
        happen(10);
        assertThat(feed.after(0, 4)).extracting(FabricEvent::sequence).containsExactly(1L, 2L, 3L, 4L);
        assertThat(feed.after(4, 4)).extracting(FabricEvent::sequence).containsExactly(5L, 6L, 7L, 8L);
        assertThat(feed.after(10, 4)).isEmpty();
        assertThatThrownBy(() -> feed.after(11, 4))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("event 11");
    }

    @Test
    void whoWasAwayForTooLongIsToldOfTheGap() {
        happen(5_000);
        List<FabricEvent> next = feed.after(2, 10);
        assertThat(next.getFirst()).isEqualTo(FabricEvent.gap(5_000 - 4_096));
        assertThat(next.get(1).sequence()).isEqualTo(5_000 - 4_096 + 1);
        assertThat(next).hasSize(11);
        assertThat(feed.after(next.getFirst().sequence(), 1).getFirst().isEvent())
                .isTrue();
    }

    @Test
    void whoFollowsIsWokenOnceForEachNewState() {
        AtomicInteger woken = new AtomicInteger();
        Runnable follower = woken::incrementAndGet;
        feed.follow(follower);
        happen(1);
        feed.agreed(new Applied<>(9, state));
        happen(1);
        feed.leave(follower);
        happen(1);
        assertThat(woken).hasValue(2);
    }

    private void happen(int times) {
        for (int time = 0; time < times; time++) {
            NodeRecord node = new NodeRecord(
                    "east",
                    new Identity("acme", "node-east"),
                    "i" + state.events().last(),
                    List.of(),
                    "east:7482");
            state = machine.apply(state, new FabricCommand.RegisterNode(node), time);
        }
        feed.agreed(new Applied<>(state.events().last(), state));
    }
}
