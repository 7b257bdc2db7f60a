package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.cli.Main;
import io.virtualwire.identity.TenantAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wire} as a person runs it: a process a command, with a wire home of its own; no root, no devices. */
final class CommandLineIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final List<Process> daemons = new ArrayList<>();

    private record Result(int status, String out, String err) {
        Result ok() {
            assertThat(status).as(err).isZero();
            return this;
        }

        JsonNode json() throws IOException {
            return JSON.readTree(ok().out);
        }
    }

    @AfterEach
    void endDaemons() {
        for (Process daemon : daemons) {
            daemon.destroyForcibly().onExit().join();
        }
    }

    @Test
    void oneTenantTwoConnectors() throws Exception {
        assertThat(wire("init", "--tenant", "acme").ok().out()).contains("acme");
        assertThat(wire("init").ok().out()).contains("already");
        Result other = wire("init", "--tenant", "rival");
        assertThat(other.status()).isEqualTo(1);
        assertThat(other.err()).contains("home of tenant acme", "WIRE_HOME");
        Path issued = folder.resolve("hostb.wire");
        wire("identity", "issue", "hostb", "--out", issued.toString()).ok();
        assertThat(wire("identity", "ls").ok().out()).contains("acme/admin");

        Path config = Files.writeString(folder.resolve("hosta.yaml"), "name: hosta\n");
        JsonNode a = connector("--config", config.toString());
        JsonNode b = connector("--identity", issued.toString());
        assertThat(a.path("identity").asText()).isEqualTo("acme/hosta");
        assertThat(b.path("identity").asText()).isEqualTo("acme/hostb");
        assertThat(wire("host", "ls").ok().out())
                .as("a connector that finds its own credentials is known by its name")
                .contains("hosta", "127.0.0.1:" + a.path("apiPort").asInt());
        wire("host", "add", "hostb", "127.0.0.1:" + b.path("apiPort").asInt()).ok();
        assertThat(wire("host", "ls", "-o", "json").json().size()).isEqualTo(2);
        assertThat(wire("-o", "json", "host", "ls").json().size()).isEqualTo(2);
        assertThat(wire("endpoint", "ls", "--host", "hosta", "-o", "json").json())
                .isEmpty();
        assertThat(wire("ls", "-o", "json").json()).isEmpty();

        Result refused = wire("connect", "web@hosta", "db@hostb", "--no-create");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("no endpoint 'web'", "wire endpoint add web", "NOT_FOUND");
        assertThat(wire("endpoint", "rm", "web", "--host", "hosta").ok().out()).contains("has no endpoint web");
        assertThat(wire("disconnect", "").status()).isEqualTo(1);

        theFileIsReadAgain(config);

        daemons.getLast().destroyForcibly().onExit().join();
        Result partly = wire("ls", "-o", "json");
        assertThat(partly.status()).isEqualTo(1);
        assertThat(JSON.readTree(partly.out())).isEmpty();
        assertThat(JSON.readTree(partly.err()).path("message").asText()).contains("hostb", "nobody listens");
    }

    private void theFileIsReadAgain(Path config) throws Exception {
        TenantAuthority.create("rival", InstantSource.system()).save(folder.resolve("rival"));
        Files.writeString(
                config,
                "name: hosta\nport: 99\nlog-level: debug\nstate: /elsewhere\ntrust: [" + folder.resolve("rival/ca.crt")
                        + "]\n");
        JsonNode report =
                wire("connector", "reload", "--host", "hosta", "-o", "json").json();
        assertThat(report.path("changed")).extracting(JsonNode::asText).containsExactly("trust", "log-level");
        assertThat(report.path("restart")).extracting(JsonNode::asText).containsExactly("state");
        assertThat(report.path("overridden")).extracting(JsonNode::asText).containsExactly("port");
        Files.writeString(config, "nmae: hosta\n");
        Result bad = wire("connector", "reload", "--host", "hosta");
        assertThat(bad.status()).isEqualTo(1);
        assertThat(bad.err()).contains("hosta.yaml, line 1", "nmae");
        Files.writeString(config, "log-level: trace\n");
        new ProcessBuilder("kill", "-HUP", Long.toString(daemons.getFirst().pid()))
                .start()
                .waitFor();
        Awaitility.await("it is said in the log")
                .atMost(Duration.ofSeconds(20))
                .until(() -> Files.readString(folder.resolve("connector.log"))
                        .contains("hosta.yaml was read again: changed [trust, log-level], needs a restart [name]"));
    }

    /** What docs/operations.md tells an operator to do with a connector. */
    @Test
    void anOperatorDrainsReplacesBacksUpAndRestores() throws Exception {
        wire("init").ok();
        JsonNode first = connector("--name", "hosta");
        JsonNode drained =
                wire("connector", "drain", "--host", "hosta", "-o", "json").json();
        assertThat(drained.path("draining").asBoolean()).isTrue();
        assertThat(drained.path("remaining")).isEmpty();

        JsonNode second = connector("--name", "hosta", "--take-over");
        assertThat(second.path("port")).isEqualTo(first.path("port"));
        assertThat(daemons.getFirst().waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(daemons.getFirst().exitValue()).isZero();
        Result elsewhere = wire("connector", "run", "--name", "hosta", "--port", "1", "--api-port", "0", "--take-over");
        assertThat(elsewhere.status()).isEqualTo(1);
        assertThat(elsewhere.err()).contains("take over with the address and port that are in use");
        Result refused = wire("endpoint", "add", "web", "--host", "hosta");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("drains and takes nothing new", "wire connector drain --cancel");

        Path journal = folder.resolve("home/state/hosta/journal");
        byte[] backup = Files.readAllBytes(journal);
        assertThat(wire("connector", "drain", "--host", "hosta", "--cancel")
                        .ok()
                        .out())
                .contains("takes new endpoints and wires again");
        daemons.getLast().destroyForcibly().onExit().join();
        backup[backup.length - 3] ^= 1;
        Files.write(journal, backup);
        Result damaged = wire("connector", "run", "--name", "hosta", "--port", "0", "--api-port", "0");
        assertThat(damaged.status()).isEqualTo(1);
        assertThat(damaged.err()).contains("CORRUPT", "damaged at byte", "--salvage-journal");
        backup[backup.length - 3] ^= 1;
        Files.write(journal, backup);
        connector("--name", "hosta", "--salvage-journal");
        // The journal from before --cancel: it drains, and to look does not change that.
        assertThat(wire("connector", "drain", "--host", "hosta", "--show").ok().out())
                .contains("hosta is empty and takes nothing new");
    }

    @Test
    void whatIsWrongIsSaidWithItsStatus() throws Exception {
        Result nobody = wire("ls");
        assertThat(nobody.status()).isEqualTo(1);
        assertThat(nobody.err()).contains("wire init", "UNAUTHENTICATED");
        wire("init").ok();
        Result unreachable = wire("endpoint", "ls", "--host", "127.0.0.1:1");
        assertThat(unreachable.status()).isEqualTo(1);
        assertThat(unreachable.err()).contains("127.0.0.1:1", "wire connector run", "UNAVAILABLE");
        Result json = wire("endpoint", "ls", "--host", "127.0.0.1:1", "-o", "json");
        assertThat(JSON.readTree(json.err()).path("code").asText()).isEqualTo("UNAVAILABLE");
        assertThat(wire("connect", "web@hosta").status()).isEqualTo(2);
        assertThat(wire("no-such-command").status()).isEqualTo(2);
        assertThat(wire("host", "add", "a b", "192.0.2.1").status()).isEqualTo(1);
        assertThat(wire("identity", "issue", "x", "--days", "0").status()).isEqualTo(1);
    }

    /** Short commands stay short: what only daemons need is not even loaded. */
    @Test
    void aShortCommandLoadsNoDaemon() throws Exception {
        wire("init").ok();
        Path log = folder.resolve("classes");
        run(List.of("-XX:AOTMode=off", "-Xlog:class+load:file=" + log), "endpoint", "ls", "--host", "127.0.0.1:1");
        List<String> loaded = Files.readAllLines(log, StandardCharsets.UTF_8);
        assertThat(loaded).anyMatch(line -> line.contains("picocli"));
        assertThat(loaded)
                .noneMatch(line -> line.contains(" io.vertx.")
                        || line.contains(" com.hazelcast.")
                        || line.contains(" io.netty.")
                        || line.contains(" org.apache.ratis.")
                        || line.contains(" ch.qos.logback."));
    }

    private JsonNode connector(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("connector", "run", "-o", "json"));
        command.addAll(List.of("--listen", "127.0.0.1", "--port", "0", "--api-port", "0"));
        command.addAll(Arrays.asList(arguments));
        Path out = Files.createTempFile(folder, "connector", ".json");
        Process daemon = process(List.of(), command.toArray(String[]::new))
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("connector.log").toFile()))
                .start();
        daemons.add(daemon);
        Awaitility.await("the connector is ready")
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(out).contains("}"));
        return JSON.readTree(out.toFile());
    }

    private Result wire(String... arguments) throws Exception {
        return run(List.of(), arguments);
    }

    private Result run(List<String> options, String... arguments) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = process(options, arguments)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        int status = process.waitFor();
        return new Result(status, Files.readString(out), Files.readString(err));
    }

    private ProcessBuilder process(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        // Whoever runs the tests may ignore SIGHUP, as nohup does, and its children would inherit that.
        command.addAll(List.of("env", "--default-signal=HUP"));
        command.addAll(Launch.java(options, Main.class, arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("WIRE_HOME", folder.resolve("home").toString());
        builder.redirectInput(Path.of("/dev/null").toFile());
        return builder;
    }
}
