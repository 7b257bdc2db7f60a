package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A network made with commands alone: a node, a connector and two guests on one host, the daemons in processes of their own. */
@NetnsTest
final class FabricCommandsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ADDRESS = "192.0.2.1";

    @Test
    void aSwitchIsMadePluggedExportedAndRemoved() throws Exception {
        try (Namespaces lab = Namespaces.open()) {
            Namespace host = lab.namespace("host");
            host.ip("link set lo up");
            host.address("lo", ADDRESS + "/32");
            Namespace web = lab.namespace("web");
            Namespace db = lab.namespace("db");
            Path home = lab.scratch().resolve("home");
            try (CommandSession wire = new CommandSession(host, home);
                    RunningCommand connector = CommandSession.daemon(
                            host, home, "connector", "run", "--name", "hosta", "--listen", ADDRESS);
                    RunningCommand node = CommandSession.daemon(
                            host,
                            home,
                            "node",
                            "run",
                            "--name",
                            "east",
                            "--listen",
                            ADDRESS,
                            "--peers",
                            "east=" + ADDRESS)) {
                connector.awaitLine("connector acme/hosta is ready.*", LIMIT);
                node.awaitLine("node east .*", LIMIT);
                wire.run("switch", "ls", "--node", ADDRESS).orFail();

                CommandSession.Result nowhere = wire.run("switch", "create", "lan", "--on", "west");
                assertThat(nowhere.status()).isEqualTo(1);
                assertThat(nowhere.text()).contains("there is no such node", "nodes are: east", "NOT_FOUND");
                assertThat(wire.said("switch", "create", "lan", "--on", "east")).contains("version 1");
                assertThat(wire.said("switch", "create", "lan", "--on", "east")).contains("already");
                CommandSession.Result missing = wire.run("switch", "plug", "lan/web", "web@hosta", "--no-create");
                assertThat(missing.text()).contains("no endpoint 'web'", "NOT_FOUND");

                wire.run("endpoint", "add", "web", "--host", "hosta", "--netns", web.name(), "--tap", "eth0")
                        .orFail();
                wire.run("endpoint", "add", "db", "--host", "hosta", "--netns", db.name(), "--tap", "eth0")
                        .orFail();
                assertThat(wire.said("switch", "plug", "lan/web", "web@hosta")).contains("version 2");
                assertThat(wire.said("switch", "plug", "lan/db", "db@hosta")).contains("version 3");
                assertThat(wire.said("switch", "plug", "lan/db", "db@hosta")).contains("already");
                assertThat(wire.run("switch", "plug", "lan/more", "db@hosta").text())
                        .contains("uses endpoint db@hosta", "BAD_REQUEST");
                web.address("eth0", "10.1.0.1/24");
                db.address("eth0", "10.1.0.2/24");
                web.run("ping", "-c", "1", "-w", "20", "10.1.0.2");

                Path exported = lab.scratch().resolve("topology.yaml");
                Files.writeString(exported, wire.said("export"));
                assertThat(wire.said("diff", "-f", exported.toString(), "--exit-code"))
                        .contains("nothing differs");
                Files.writeString(exported, Files.readString(exported).replace("db@hosta", "other@hosta"));
                CommandSession.Result late = wire.run("apply", "-f", exported.toString(), "--wait", "1");
                assertThat(late.text()).contains("1 still to come: lan/db", "lan/db (", "TIMEOUT");
                Files.writeString(exported, Files.readString(exported).replace("other@hosta", "db@hosta"));
                assertThat(wire.said("apply", "-f", exported.toString(), "--wait", "20"))
                        .contains("all is connected");
                Files.writeString(exported, Files.readString(exported).replace("db@hosta", "other@hosta"));
                CommandSession.Result differs = wire.run("diff", "-f", exported.toString(), "--exit-code");
                assertThat(differs.status()).isEqualTo(1);
                assertThat(differs.text()).contains("~ wire lan/db", "endpoint: db@hosta -> other@hosta");

                String events = wire.said("watch", "--since", "0", "--count", "3");
                assertThat(events).contains("node.joined", "topology.applied", "version 1", "component.");
                assertThat(wire.said("watch", "--since", "0", "--count", "1", "-o", "json")
                                .lines())
                        .hasSize(1)
                        .allMatch(line -> line.startsWith("{\"sequence\":1,"));
                assertThat(wire.run("switch", "rm", "lan").text()).contains("lan/web, lan/db", "IN_USE");
                assertThat(wire.said("switch", "unplug", "lan/db")).contains("version 6");
                assertThat(wire.said("switch", "unplug", "lan/db")).contains("no wire at lan/db");
                assertThat(wire.said("switch", "rm", "lan", "--force")).contains("version 7");
                assertThat(wire.said("switch", "rm", "lan")).contains("no switch lan");
            }
        }
    }
}
