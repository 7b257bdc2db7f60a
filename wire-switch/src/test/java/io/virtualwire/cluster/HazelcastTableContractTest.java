package io.virtualwire.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Tables on three Hazelcast members keep the contract. */
final class HazelcastTableContractTest extends ReplicatedTableContractTest {
    private static ThreeMembers three;
    private final String name = UUID.randomUUID().toString();

    @BeforeAll
    static void join() {
        three = ThreeMembers.join();
        assertThat(three.member(2).membership().present()).hasSize(3);
    }

    @AfterAll
    static void leave() {
        three.close();
    }

    @Override
    ReplicatedTable<Port> table(int node) {
        return three.member(node).table(name, CODEC);
    }
}
