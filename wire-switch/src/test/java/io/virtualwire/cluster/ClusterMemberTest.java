package io.virtualwire.cluster;

import static io.virtualwire.cluster.ReplicatedTableContractTest.CODEC;
import static io.virtualwire.cluster.ReplicatedTableContractTest.entry;
import static io.virtualwire.cluster.ReplicatedTableContractTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterMemberTest {
    private static final Duration DETECTION = Duration.ofSeconds(3);

    @Test
    void killedMemberIsNoticedInTimeAndWhatItWroteStays() throws Exception {
        try (ThreeMembers three = ThreeMembers.join()) {
            List<MembershipEvent> heard = Collections.synchronizedList(new ArrayList<>());
            three.member(0).membership().onChange(heard::add);
            await().atMost(DETECTION).until(() -> heard.size() == 3);
            ReplicatedTable<ReplicatedTableContractTest.Port> written =
                    three.member(2).table("fdb", CODEC);
            for (int number = 0; number < 200; number++) {
                get(written.offer(entry("mac-" + number, number, "port")));
            }
            three.member(2).kill();
            await().atMost(DETECTION).until(() -> heard.contains(new MembershipEvent.Left(three.identity(2))));
            await().atMost(DETECTION)
                    .until(() -> !three.member(1).membership().present().contains(three.identity(2)));
            assertThat(get(three.member(1).table("fdb", CODEC).readAll())).hasSize(200);

            three.rejoin(2);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> heard.getLast().equals(new MembershipEvent.Joined(three.identity(2))));
            assertThat(get(three.member(2).table("fdb", CODEC).readAll())).hasSize(200);
        }
    }

    @Test
    void eventBusReachesEveryMember() {
        try (ThreeMembers three = ThreeMembers.join()) {
            List<Object> heard = Collections.synchronizedList(new ArrayList<>());
            three.member(2)
                    .vertx()
                    .eventBus()
                    .consumer("greetings", message -> {
                        heard.add(message.body());
                        message.reply("hello");
                    })
                    .completion()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            Object reply = three.member(0)
                    .vertx()
                    .eventBus()
                    .request("greetings", "from afar")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .body();
            assertThat(heard).containsExactly("from afar");
            assertThat(reply).isEqualTo("hello");
        }
    }
}
