package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.cluster.ClusterNode;
import io.virtualwire.cluster.ClusterPlan;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.log.FabricLog;
import io.virtualwire.log.InMemoryFabric;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is taken in by a node that is asked, and what whoever asks nonsense is told. */
class MemberDeskTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Identity NORTH = new Identity("acme", "node-north");

    @TempDir
    private Path folder;

    private final InMemoryFabric<FabricCommand, FabricState> fabric = new InMemoryFabric<>(new FabricStateMachine(), 1);
    private final FabricLog<FabricCommand, FabricState> log = fabric.log(0);
    private NodeMembers members;
    private MemberDesk desk;

    @BeforeEach
    void open() {
        NodeSettings settings = new NodeSettings(
                "east",
                TenantAuthority.create("acme", InstantSource.system()).issue("node-east"),
                "127.0.0.1",
                0,
                0,
                PeerNode.parseAll("east=127.0.0.1,south=192.0.2.3"),
                folder,
                false);
        members = NodeMembers.of(settings, new TlsContexts(settings.own()));
        desk = new MemberDesk("acme", members);
    }

    @Test
    void whoeverIsEnrolledAsThatNodeIsTakenInAndToldWhoTheOthersAre() throws Exception {
        assertThat(asked(NORTH, "north", false).at("/error/code").asText()).isEqualTo("UNAVAILABLE");
        desk.opens(log);
        for (int time = 0; time < 2; time++) {
            JsonNode members = asked(NORTH, "north", false).path("members");
            assertThat(members)
                    .extracting(it ->
                            it.path("name").asText() + " " + it.path("number").asInt() + " "
                                    + it.path("identity").asText() + " " + it.path("addresses"))
                    .containsExactly(
                            "east 1 acme/node-east [\"127.0.0.1:7483\"]",
                            "north 3 acme/node-north [\"192.0.2.2:7483\"]",
                            "south 2 acme/node-south [\"192.0.2.3:7483\"]");
        }
    }

    @Test
    void nobodyElseIs() throws Exception {
        desk.opens(log);
        assertThat(desk.hears(NORTH)).isTrue();
        assertThat(desk.hears(new Identity("acme", "hosta"))).isFalse();
        assertThat(desk.hears(new Identity("acme", "admin"))).isFalse();
        assertThat(desk.hears(new Identity("rival", "node-north"))).isFalse();
        assertThat(asked(NORTH, "south", false).at("/error/code").asText()).isEqualTo("FORBIDDEN");
        assertThat(asked(NORTH, "east", false).at("/error/code").asText()).isEqualTo("FORBIDDEN");
        assertThat(log.current().state().members().contains("north")).isFalse();
    }

    /** Of two neither agrees on anything while one is called where it was. */
    @Test
    void aMemberThatHasMovedIsCalledThereBeforeAnythingCanBeAgreedOn() throws Exception {
        desk.opens(log);
        asked(NORTH, "north", false);
        fabric.stop(0);
        List<ClusterPlan> plans = new ArrayList<>();
        members.follow(plans::add);
        assertThat(asked(new Identity("acme", "node-south"), "south", true)
                        .at("/error/code")
                        .asText())
                .isEqualTo("UNAVAILABLE");
        assertThat(plans)
                .singleElement()
                .satisfies(plan -> assertThat(plan.nodes())
                        .filteredOn(node -> node.identity().name().equals("node-south"))
                        .flatExtracting(ClusterNode::tunnels)
                        .first()
                        .isEqualTo(new InetSocketAddress("192.0.2.2", 7483)));
    }

    @Test
    void whoWasTakenOutAndOnlySaysWhereItIsStaysOut() throws Exception {
        desk.opens(log);
        asked(NORTH, "north", false);
        log.append(new FabricCommand.DismissMember("north")).join();
        assertThat(asked(NORTH, "north", true).at("/error/message").asText()).contains("was taken out");
        assertThat(asked(NORTH, "north", false).path("members")).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "null",
                "[]",
                "{}",
                "{\"name\":\"north\"}",
                "{\"name\":null,\"addresses\":[\"a:1\"]}",
                "{\"name\":\"north\",\"addresses\":[null]}"
            })
    void nonsenseIsRefusedAndChangesNothing(String question) throws Exception {
        desk.opens(log);
        JsonNode answer = JSON.readTree(desk.answer(NORTH, question));
        assertThat(answer.at("/error/code").asText()).as(answer.toString()).isIn("BAD_REQUEST", "FORBIDDEN");
        assertThat(log.current().state().members().contains("north")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"no port:at all\"", "\"h:99999\"", ""})
    void addressesThatNobodyCouldCallAreRefused(String addresses) throws Exception {
        desk.opens(log);
        JsonNode answer = JSON.readTree(
                desk.answer(NORTH, "{\"name\":\"north\",\"addresses\":[" + addresses + "],\"again\":false}"));
        assertThat(answer.at("/error/code").asText()).as(answer.toString()).isEqualTo("BAD_REQUEST");
        assertThat(log.current().state().members().contains("north")).isFalse();
    }

    private JsonNode asked(Identity asker, String name, boolean again) throws IOException {
        return JSON.readTree(desk.answer(
                asker, "{\"name\":\"" + name + "\",\"addresses\":[\"192.0.2.2:7483\"],\"again\":" + again + "}"));
    }
}
