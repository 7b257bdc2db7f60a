package io.virtualwire.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.log.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The obligations of {@link ReplicatedTable}, by their numbers, seen from three nodes. */
abstract class ReplicatedTableContractTest {
    static final Duration LONG = Duration.ofSeconds(15);
    static final Codec<Port> CODEC = Codec.json(JsonMapper.builder().build(), Port.class);

    record Port(String name) {}

    /** The same table as nodes 0, 1 and 2 see it; empty at the start of a test. */
    abstract ReplicatedTable<Port> table(int node);

    @Test
    void everyNodeReadsWhatOneHasWritten() throws Exception {
        assertThat(get(table(0).offer(entry("a", 1, "left")))).isTrue();
        for (int node = 0; node < 3; node++) {
            assertThat(get(table(node).read("a"))).contains(entry("a", 1, "left"));
            assertThat(get(table(node).readAll())).containsExactly(entry("a", 1, "left"));
            assertThat(get(table(node).read("b"))).isEmpty();
        }
    }

    @Test
    void theHigherVersionStaysInWhateverOrderTheyArrive_2() throws Exception {
        assertThat(get(table(0).offer(entry("a", 5, "five")))).isTrue();
        assertThat(get(table(1).offer(entry("a", 4, "four")))).isFalse();
        assertThat(get(table(2).offer(entry("a", 5, "another five")))).isFalse();
        assertThat(get(table(1).read("a"))).contains(entry("a", 5, "five"));
        assertThat(get(table(1).offer(entry("a", 6, "six")))).isTrue();
        assertThat(get(table(0).read("a"))).contains(entry("a", 6, "six"));
    }

    @Test
    void competingOffersLeaveTheHighestVersion_2() throws Exception {
        List<CompletableFuture<Boolean>> offers = new ArrayList<>();
        for (int version = 0; version < 60; version++) {
            int shuffled = version * 37 % 60;
            offers.add(table(version % 3).offer(entry("contested", shuffled, "v" + shuffled)));
        }
        for (CompletableFuture<Boolean> offer : offers) {
            get(offer);
        }
        assertThat(get(table(0).read("contested"))).contains(entry("contested", 59, "v59"));
    }

    @Test
    void withdrawnIsGoneUnlessSomethingNewerIsThere_2() throws Exception {
        get(table(0).offer(entry("a", 5, "five")));
        assertThat(get(table(1).withdraw("a", 4))).isFalse();
        assertThat(get(table(1).withdraw("a", 5))).isTrue();
        assertThat(get(table(2).read("a"))).isEmpty();
        assertThat(get(table(2).withdraw("a", 9))).isFalse();
    }

    @Test
    void listenerHearsWhatIsThereAndWhatChanges_3() throws Exception {
        get(table(0).offer(entry("before", 1, "x")));
        get(table(0).offer(entry("gone", 1, "x")));
        Map<String, Port> view = new ConcurrentHashMap<>();
        Registration registration = table(1).onChange(change -> note(change, view));
        get(table(2).offer(entry("after", 1, "y")));
        get(table(0).offer(entry("after", 2, "z")));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(view)
                        .isEqualTo(Map.of("before", new Port("x"), "gone", new Port("x"), "after", new Port("z"))));
        get(table(2).withdraw("gone", 1));
        await().atMost(LONG).untilAsserted(() -> assertThat(view).containsOnlyKeys("before", "after"));
        registration.close();
        get(table(2).offer(entry("unheard", 1, "y")));
        assertThat(view).doesNotContainKey("unheard");
    }

    @Test
    void whatIsWithdrawnWhileAListenerComesIsNotHeardAgain_3() throws Exception {
        List<Map<String, Port>> views = new ArrayList<>();
        List<Registration> registrations = new ArrayList<>();
        for (int round = 0; round < 50; round++) {
            String key = "brief" + round;
            get(table(0).offer(entry(key, 1, "x")));
            Map<String, Port> view = new ConcurrentHashMap<>();
            views.add(view);
            CompletableFuture<Boolean> withdrawal = CompletableFuture.supplyAsync(() -> table(2).withdraw(key, 1))
                    .thenCompose(it -> it);
            registrations.add(table(1).onChange(change -> note(change, view)));
            get(withdrawal);
        }
        // What came last has been heard, and with it what came before.
        get(table(0).offer(entry("last", 1, "y")));
        await().atMost(LONG).untilAsserted(() -> assertThat(views).allMatch(view -> view.containsKey("last")));
        await().during(Duration.ofMillis(200))
                .atMost(LONG)
                .untilAsserted(() ->
                        assertThat(views).allSatisfy(view -> assertThat(view).containsOnlyKeys("last")));
        registrations.forEach(Registration::close);
    }

    private static void note(TableChange<Port> change, Map<String, Port> view) {
        switch (change) {
            case TableChange.Written<Port>(TableEntry<Port> written) -> view.put(written.key(), written.value());
            case TableChange.Withdrawn<Port>(String key) -> view.remove(key);
        }
    }

    static TableEntry<Port> entry(String key, long version, String port) {
        return new TableEntry<>(key, version, new Port(port));
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }
}
