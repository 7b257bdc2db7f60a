package io.virtualwire.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.forwarding.LoopGuard;
import io.virtualwire.forwarding.PortSettings;
import io.virtualwire.forwarding.PortVlans;
import io.virtualwire.forwarding.StormSettings;
import io.virtualwire.forwarding.VlanRange;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.port.Port;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Frames and predecessors' states as nobody should send them: the switch goes on switching. */
class SwitchFuzzTest {
    private static final long WEB = 0x0200_0000_0001L;
    private static final long DB = 0x0200_0000_0002L;

    private final SwitchBench bench = new SwitchBench("web", "db", "app");

    @Test
    void switchesOnWhateverGuestsSend() {
        bench.component()
                .configure(new BridgeSettings(
                        Map.of(
                                "app",
                                new PortSettings(
                                        new PortVlans.Trunk(List.of(new VlanRange(10, 20)), 7), StormSettings.NONE)),
                        List.of()));
        List<byte[]> frames = new ArrayList<>();
        for (int kind = 0; kind < 4; kind++) {
            byte[] frame = new byte[12 + 64 + 300 * kind];
            ByteBuffer.wrap(frame, 12, 18)
                    .putShort((short) (WEB >>> 32))
                    .putInt((int) WEB)
                    .putShort((short) 0x0200)
                    .putInt(90 + kind)
                    .putShort((short) (kind % 2 == 0 ? 0x8100 : 0x88b6))
                    .putShort((short) (10 + kind))
                    .putShort((short) 0x0806);
            frames.add(frame);
        }
        frames.add(LoopProbe.probe(7, 1, 10, 3));
        frames.add(LoopProbe.change(7, 1, 8, 4, 10, 3));
        frames.add(LoopProbe.notice(7, DB, 10, 3));
        Fuzz.of("frames to a switch")
                .stillWorks(this::switches)
                .run(60_000, new SpoiledBytes(frames, 3_000, 12, 18, 24, 26, 28, 30, 34, 42, 50), frame -> {
                    if (frame.length < Port.MIN_FRAME_BYTES) {
                        return;
                    }
                    bench.send(frame[frame.length - 1] % 2 == 0 ? "app" : "web", frame);
                    bench.run();
                    forget();
                });
    }

    @Test
    void decidesOnWhateverItsPredecessorLeft() throws JsonProcessingException {
        JsonMapper json = new JsonMapper();
        bench.send("web", MacAddress.BROADCAST, WEB, 60);
        bench.run();
        String state = json.writeValueAsString(bench.component().stopDeciding());
        Fuzz.of("states of a predecessor")
                .stillWorks(this::switches)
                .run(
                        15_000,
                        new SpoiledText(List.of(state), 20_000, "fdb", "loops", "mac", "port", "blocked", "order"),
                        text -> {
                            JsonNode said;
                            try {
                                said = json.readTree(text);
                            } catch (java.io.IOException e) {
                                return;
                            }
                            bench.component().stopDeciding();
                            bench.component().startDeciding(said);
                            bench.run();
                            forget();
                        });
    }

    @Test
    void decidesOnAStateWithAHoleInIt() throws JsonProcessingException {
        bench.component().stopDeciding();
        bench.component().startDeciding(new JsonMapper().readTree("{\"version\":2,\"fdb\":[null],\"loops\":null}"));
        switches();
    }

    /** After as long as a port stays blocked for which a predecessor says so without a reason. */
    private void switches() {
        bench.run(LoopGuard.SILENCE.multipliedBy(2));
        forget();
        bench.send("web", MacAddress.BROADCAST, WEB, 60);
        bench.run();
        bench.send("db", WEB, DB, 60);
        bench.run();
        assertThat(bench.received("web")).as("frames from db to web").isNotEmpty();
    }

    private void forget() {
        for (String port : List.of("web", "db", "app")) {
            bench.received(port).clear();
        }
    }
}
