package io.virtualwire.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read without a mapper is what a mapper would read. */
class JsonObjectTest {
    private static final WireStatus.Peer PEER = new WireStatus.Peer(
            Identity.parse("acme/host-b"),
            Generation.parse("7:me"),
            "active",
            List.of("192.0.2.1:7471", "[2001:db8::1]:7471"),
            true,
            false,
            true,
            1400,
            1L << 40,
            3,
            2);
    private static final WireStatus FULL = new WireStatus(
            new WireId(new UUID(1, 2)),
            Side.B,
            Generation.parse("3"),
            "web \"\u00fc\"",
            "standby",
            true,
            Optional.of(new WireStatus.Backing("auto", "user", "no grant")),
            Optional.of(new WireStatus.Activation("announcement", Optional.of(0.25), Optional.empty())),
            List.of(PEER, PEER),
            Map.of("framesIn", 5L),
            Map.of("queue_full", 1L << 50));
    private static final WireStatus BARE = new WireStatus(
            new WireId("acme", new UUID(3, 4)),
            Side.A,
            Generation.parse("1:x"),
            "db",
            "active",
            false,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Map.of(),
            Map.of());

    @TempDir
    private Path folder;

    @Test
    void aSideIsReadAsAMapperReadsIt() throws Exception {
        byte[] json = ApiJson.strict().writeValueAsBytes(List.of(FULL, BARE));
        assertThat(wires(json)).containsExactly(FULL, BARE);
        assertThat(ApiJson.lenient().readValue(json, WireStatus[].class)).containsExactly(FULL, BARE);
    }

    @Test
    void fieldsOfOtherReleasesMayBeThereOrNot() throws Exception {
        String json =
                "[{'mood':[{'good':1.5}],'wire':'00000000-0000-0003-0000-000000000004','side':'a','generation':'1:x',"
                        + "'endpoint':'db','state':'active','peers':[{'identity':'acme/b','generation':'1','state':'expected','paths':[]}],"
                        + "'counters':{},'drops':{}}]";
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        assertThat(wires(bytes)).containsExactly(ApiJson.lenient().readValue(bytes, WireStatus[].class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "{}",
                "[1]",
                "[{}]",
                "[{\"wire\":\"x\"}]",
                "null",
                "[null]",
                "[{\"wire\":12}]",
                "<html>",
                "[{\"wire\":\"00000000-0000-0003-0000-000000000004\",\"side\":\"c\"}]"
            })
    void whatIsNoListOfSidesIsRefusedAsByAMapper(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> wires(bytes)).isInstanceOfAny(IOException.class, WireException.class);
        if (!json.equals("null") && !json.equals("[null]")) {
            assertThatThrownBy(() -> ApiJson.lenient().readValue(bytes, WireStatus[].class))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatDoesNotFitANumberIsRefused() {
        refused("n cannot be 4294967296", () -> one("{'n':4294967296}").smallNumber("n"));
        refused("n cannot be x", () -> one("{'n':'x'}").number("n"));
        refused("n cannot be 1.5", () -> one("{'n':1.5}").number("n"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> one("{'n':99999999999999999999}"));
    }

    @Test
    void aFileOfTextsHoldsNothingElse() throws Exception {
        Path file = folder.resolve("hosts.json");
        Files.writeString(file, "{\"east\": \"192.0.2.1\", \"west\": \"192.0.2.2\"}");
        assertThat(JsonObject.read(file).texts())
                .containsExactly(Map.entry("east", "192.0.2.1"), Map.entry("west", "192.0.2.2"));
        Files.writeString(file, "{\"east\": 1}");
        assertThatThrownBy(() -> JsonObject.read(file).texts())
                .isInstanceOf(IOException.class)
                .hasMessage("east cannot be 1");
        Files.writeString(file, "");
        assertThatThrownBy(() -> JsonObject.read(file)).isInstanceOf(IOException.class);
    }

    private static void refused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IOException.class).hasMessage(message);
    }

    private static JsonObject one(String json) throws IOException {
        return JsonObject.readList(("[" + json.replace('\'', '"') + "]").getBytes(StandardCharsets.UTF_8))
                .getFirst();
    }

    private static List<WireStatus> wires(byte[] json) throws IOException {
        List<WireStatus> wires = new ArrayList<>();
        for (JsonObject one : JsonObject.readList(json)) {
            wires.add(WireStatus.of(one));
        }
        return wires;
    }
}
