package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.cli.Main;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.LocalCommand;
import io.virtualwire.testkit.Jvm;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two hosts that are launched, used, emptied and removed by commands alone, as docs/operations.md has it.
 *
 * <pre>
 *   person ── gateway of the cloud ── m-1: connector   web ═══ wire ═══ db   m-2: connector
 * </pre>
 */
@NetnsTest
final class HostsNetnsIT {
    private static final Logger LOG = LoggerFactory.getLogger(HostsNetnsIT.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String SECRET = "marker-of-a-secret-that-nobody-may-write-down";

    private final String cloud = "h" + Long.toString(System.nanoTime() % 60_466_176, 36);
    private final SecretsInUse secrets = new SecretsInUse();
    private Namespaces lab;
    private List<String> where;
    private Path home;
    private CommandSession wire;

    @BeforeEach
    void open() throws IOException {
        lab = Namespaces.open();
        Namespace person = lab.namespace("person");
        home = lab.scratch().resolve("person");
        // Not `ip netns exec`: the namespaces that are made in there would be seen in there only.
        where = List.of(
                "nsenter",
                "--net=/run/netns/" + person.name(),
                "--",
                "env",
                "WIRE_COMMAND=" + launcher(),
                "AWS_SECRET_ACCESS_KEY=" + SECRET);
        wire = new CommandSession(where, home);
        secrets.token(SECRET, SECRET);
    }

    @AfterEach
    void close() throws IOException {
        if (wire == null) {
            lab.close();
            return;
        }
        for (String host : List.of("m-1", "m-2")) {
            LOG.info("{}", wire.run("host", "rm", host, "--force").text());
        }
        wire.close();
        lab.close();
        assertThat(ip("netns", "list")).doesNotContain(cloud);
    }

    @Test
    void hostsAreLaunchedUsedEmptiedAndRemoved() throws Exception {
        secrets.said(wire.said("cloud", "add", cloud, "--type", "local"));
        assertThat(wire.run("host", "launch", "--cloud", cloud, "--name", "node", "--count", "2")
                        .text())
                .contains("'node-1'", "the credentials of a node");
        launchedAlsoByWhoeverIsKilled();

        secrets.said(wire.said("connect", "web@m-1", "db@m-2"));
        address("m-1", "web", "10.1.0.1/24");
        wire.said("host", "exec", "m-2", "--", "ip", "address", "add", "10.1.0.2/24", "dev", "db");
        CommandSession.Result failed = wire.run("host", "exec", "m-2", "--", "sh", "-c", "echo told; exit 3");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.text()).contains("told");
        CommandResult ping = in("m-1", "ping", "-c", "1", "-w", "20", "10.1.0.2");
        assertThat(ping.succeeded()).as(ping.output()).isTrue();
        secrets.assertNoCommandLineHasOne();
        assertThat(wire.said("cloud", "show", cloud)).contains("m-1", "RUNNING", "namespace", "estimated: 0 USD");
        assertThat(wire.said("host", "show", "m-1")).contains("acme/m-1", "ready", "RUNNING");

        changedAddressIsFollowed();

        CommandSession.Result refused = wire.run("host", "rm", "m-1");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.text()).contains("acme/web", "IN_USE", "wire host drain m-1");
        refused = wire.run("host", "drain", "m-1", "--timeout", "1s");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.text()).contains("still there", "endpoint acme/web");
        wire.said("disconnect", wire(0));
        wire.said("endpoint", "rm", "web", "--host", "m-1");
        assertThat(wire.said("host", "drain", "m-1")).contains("m-1 is empty and takes nothing new");
        assertThat(wire.run("endpoint", "add", "late", "--host", "m-1").status())
                .isEqualTo(1);

        assertThat(wire.run("cloud", "rm", cloud).text()).contains("m-1", "m-2");
        secrets.keysIn(lab.scratch());
        secrets.said(wire.said("host", "rm", "m-1"));
        assertThat(wire.run("host", "rm", "m-2").status()).isEqualTo(1);
        emptiedAlsoOfWhatIsNotNoted();
        wire.said("host", "rm", "m-2");
        assertThat(JSON.readTree(wire.said("host", "ls", "-o", "json"))).isEmpty();
        assertThat(JSON.readTree(wire.said("cloud", "show", cloud, "-o", "json"))
                        .path("resources"))
                .isEmpty();
        wire.said("cloud", "rm", cloud);
        assertThat(ip("netns", "list")).doesNotContain(cloud);
        assertThat(secrets.count()).isGreaterThan(4);
        secrets.assertKept(lab.scratch());
    }

    /** As of an instance that was stopped and started. */
    private void changedAddressIsFollowed() throws Exception {
        assertThat(wire.said("cloud", "refresh")).contains("all hosts are where they were");
        String before = address("m-2");
        String now = move("m-2", before);
        assertThat(wire.said("cloud", "refresh", cloud))
                .contains("m-2 was at " + before + " and is at " + now + "; 1 wire goes there");
        assertThat(wire.said("ls", "-o", "json")).contains(now + ":").doesNotContain(before + ":");
        CommandResult ping = in("m-1", "ping", "-c", "1", "-w", "20", "10.1.0.2");
        assertThat(ping.succeeded()).as(ping.output()).isTrue();
        assertThat(wire.said("host", "show", "m-2")).contains(now);
        assertThat(wire.said("cloud", "refresh")).contains("all hosts are where they were");
    }

    /** One machine that somebody else, or a run that noted nothing, made, beside one that still has an endpoint. */
    private void emptiedAlsoOfWhatIsNotNoted() throws Exception {
        wire.said("host", "launch", "--cloud", cloud, "--name", "m-3", "--no-vms", "--timeout", "100s");
        Files.delete(home.resolve("hosts/m-3.json"));
        assertThat(wire.run("cloud", "rm", cloud).text()).contains("m-2");
        secrets.said(wire.said("cloud", "empty", cloud));
        assertThat(ip("netns", "list")).doesNotContain(cloud);
        assertThat(wire.said("cloud", "empty", cloud)).contains("nothing was there");
        // What was typed by a person may mean another one.
        assertThat(wire.said("host", "rm", "m-3")).contains("m-3 is forgotten");
    }

    @TestFactory
    Stream<DynamicTest> aNodeIsLaunchedWithItsHost() {
        return LongRun.of("a node is launched with its host", this::launchWithNode);
    }

    private void launchWithNode() throws Exception {
        wire.said("cloud", "add", cloud, "--type", "local");
        LOG.info(
                "{}",
                wire.said(
                        "host",
                        "launch",
                        "--cloud",
                        cloud,
                        "--name",
                        "m-1",
                        "--with-node",
                        "--no-vms",
                        "--timeout",
                        "100s"));
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> wire.run("switch", "create", "lan", "--on", "m-1").status() == 0);
        assertThat(wire.said("switch", "ls")).contains("lan");
        String[] second = {
            "host", "launch", "--cloud", cloud, "--name", "m-2", "--with-node", "--no-vms", "--timeout", "100s"
        };
        LOG.info("{}", wire.said(second));
        assertThat(wire.said("export")).as("the fabric was told").contains("m-2:", "cloud: " + cloud);
        Awaitility.await().atMost(LIMIT).until(() -> {
            String nodes = wire.run("node", "ls").text();
            return nodes.lines().filter(line -> line.contains("votes")).count() == 2;
        });
        String before = address("m-2");
        String now = move("m-2", before);
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> wire.run("cloud", "refresh").status() == 0);
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> wire.run("node", "ls").text().contains(now + ":7483"));
        assertThat(wire.said("export")).contains(now).doesNotContain(before + ":");
        CommandSession.Result refused = wire.run("host", "rm", "m-1");
        assertThat(refused.text()).contains("its node still has lan", "IN_USE");
        assertThat(wire.said("migrate", "lan", "--to", "m-2")).contains("m-2");
        wire.said("host", "rm", "m-1");
        assertThat(wire.said("node", "ls")).contains("m-2").doesNotContain("m-1");
        assertThat(wire.said("switch", "create", "dmz", "--on", "m-2")).contains("version");
        assertThat(wire.said("export")).doesNotContain("m-1:");
        wire.said("host", "rm", "m-2", "--force");
    }

    @TestFactory
    Stream<DynamicTest> aMachineIsMovedToALaunchedHost() {
        return LongRun.of(
                "a machine is moved to a launched host, and leaves it when that is drained", this::moveMachine);
    }

    /* Memory goes by the TLS of the libvirts that the hosts were given: each has but that one port. */
    private void moveMachine() throws Exception {
        wire.said("cloud", "add", cloud, "--type", "local");
        LOG.info(
                "{}",
                wire.said("host", "launch", "--cloud", cloud, "--name", "m-1", "--with-node", "--timeout", "200s"));
        LOG.info("{}", wire.said("host", "launch", "--cloud", cloud, "--name", "m-2", "--timeout", "200s"));
        assertThat(wire.said("export"))
                .contains("libvirt: qemu+tls://" + whereabouts("m-1"), "libvirt: qemu+tls://" + whereabouts("m-2"));
        Path description = lab.scratch().resolve("web1.xml");
        Files.writeString(
                description,
                LinuxGuest.named("web1")
                        .nic("web1", "52:54:00:00:00:10", "10.1.0.10/24")
                        .domain());
        virsh("m-1", "define", description.toString());
        wire.said("vm", "attach", "web1", "--host", "m-1");
        virsh("m-1", "start", "web1");
        wire.said("switch", "create", "lan", "--on", "m-1");
        wire.said("switch", "plug", "lan/web1", "web1");
        wire.said("switch", "plug", "lan/lap", "lap@m-1");
        address("m-1", "lap", "10.1.0.1/24");
        ip("-n", cloud + "-m-1", "link", "set", "lap", "up");
        Awaitility.await("the guest answers")
                .atMost(LIMIT)
                .until(() ->
                        in("m-1", "ping", "-c", "1", "-w", "2", "10.1.0.10").succeeded());

        JsonNode there = JSON.readTree(wire.said("migrate", "web1", "--to", "m-2", "-o", "json"));
        LOG.info("{}", there);
        assertThat(there.path("to").asText()).isEqualTo("m-2");
        assertThat(virsh("m-2", "list", "--name").strip()).isEqualTo("web1");
        assertThat(virsh("m-1", "list", "--all", "--name")).isBlank();
        assertThat(in("m-1", "ping", "-c", "3", "-w", "20", "10.1.0.10").succeeded())
                .isTrue();

        assertThat(wire.said("host", "drain", "m-2")).contains("m-2 is empty and takes nothing new; moved: web1");
        assertThat(virsh("m-1", "list", "--name").strip()).isEqualTo("web1");
        assertThat(virsh("m-2", "list", "--all", "--name")).isBlank();
        assertThat(in("m-1", "ping", "-c", "3", "-w", "20", "10.1.0.10").succeeded())
                .isTrue();
        CommandSession.Result refused = wire.run("migrate", "web1", "--to", "m-2");
        assertThat(refused.status()).as("a host that was drained takes nothing").isEqualTo(1);

        // A member of the tenant who is no hypervisor.
        Path other = lab.scratch().resolve("other");
        wire.said(
                "identity",
                "issue",
                "eve",
                "--out",
                lab.scratch().resolve("eve.wire").toString());
        wire.said("identity", "export", lab.scratch().resolve("eve.wire").toString(), "--to", other.toString());
        CommandResult eve = in("m-1", "virsh", "-q", "-c", uri("m-2", other), "list");
        assertThat(eve.succeeded()).as(eve.output()).isFalse();

        virsh("m-1", "destroy", "web1");
        wire.said("switch", "unplug", "lan/web1");
        wire.said("vm", "detach", "web1");
        virsh("m-1", "undefine", "web1");
        wire.said("host", "rm", "m-2");
        assertThat(wire.said("identity", "ls", "--issued").lines().filter(line -> line.startsWith("acme/libvirt-m-2 ")))
                .isNotEmpty()
                .noneMatch(line -> line.strip().endsWith("-"));
        wire.said("host", "rm", "m-1", "--force");
    }

    private String virsh(String host, String... arguments) {
        List<String> line = new ArrayList<>(
                List.of("virsh", "-q", "-c", uri(host, home.resolve("clouds/" + cloud + "/" + host + "/etc/libvirt"))));
        line.addAll(List.of(arguments));
        CommandResult result = in(host, line.toArray(String[]::new));
        assertThat(result.succeeded()).as(result.output()).isTrue();
        return result.output();
    }

    private String uri(String host, Path pki) {
        return "qemu+tls://" + whereabouts(host) + "/system?pkipath=" + pki;
    }

    private String whereabouts(String host) {
        try {
            return JSON.readTree(home.resolve("hosts/" + host + ".json").toFile())
                    .at("/facts/address")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launchedAlsoByWhoeverIsKilled() throws Exception {
        String[] launch = {
            "host", "launch", "--cloud", cloud, "--count", "2", "--name", "m", "--timeout", "100s", "--no-vms"
        };
        List<String> line = new ArrayList<>(where);
        line.addAll(List.of("env", "WIRE_HOME=" + home));
        line.addAll(Launch.java(List.of(), Main.class, launch));
        Process killed = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(lab.scratch().resolve("killed.out").toFile())
                .start();
        try {
            Path record = home.resolve("hosts/m-1.json");
            // The first of the two may be over before anybody looks: there is nothing to install.
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> Files.exists(record)
                            && Files.readString(record).matches("(?s).*(REACHABLE|PACKAGE_INSTALLED).*"));
        } finally {
            killed.destroyForcibly().waitFor();
        }
        assertThat(wire.said("host", "ls")).contains("begun");
        String said = wire.said(launch);
        LOG.info("{}", said);
        secrets.said(said);
        assertThat(said).contains("there already", "m-1 [10/10]", "m-2 [10/10]");
        JsonNode hosts = JSON.readTree(wire.said("host", "ls", "-o", "json"));
        assertThat(hosts)
                .extracting(it -> it.path("name").asText() + it.path("state").asText())
                .containsExactly("m-1ready", "m-2ready");
        assertThat(JSON.readTree(wire.said("identity", "ls", "--issued", "-o", "json"))
                        .toString())
                .contains("acme/m-1", "acme/m-2");
    }

    private String wire(int index) throws IOException {
        return JSON.readTree(wire.said("ls", "-o", "json"))
                .path(index)
                .at("/status/wire")
                .asText();
    }

    /** As it is noted. */
    private String address(String host) throws IOException {
        return JSON.readTree(Files.readString(home.resolve("hosts/" + host + ".json")))
                .at("/facts/address")
                .asText();
    }

    /** Gives a host another address, which it returns. */
    private String move(String host, String before) throws IOException {
        String now = before.replaceAll("\\d+$", "200");
        String in = cloud + "-" + host;
        String via = JSON.readTree(ip("-n", in, "-j", "route", "show", "default"))
                .at("/0/gateway")
                .asText();
        ip("-n", in, "addr", "add", now + "/32", "dev", "eth0");
        ip("-n", in, "addr", "del", before + "/30", "dev", "eth0");
        ip("-n", in, "route", "replace", via, "dev", "eth0");
        ip("-n", in, "route", "replace", "default", "via", via, "src", now);
        ip("-n", cloud + "-gw", "route", "add", now, "dev", host);
        // What the old address was of may be the next host's.
        ip("-n", cloud + "-gw", "addr", "add", via + "/32", "dev", host);
        ip("-n", cloud + "-gw", "addr", "del", via + "/30", "dev", host);
        return now;
    }

    private void address(String host, String device, String address) {
        ip("-n", cloud + "-" + host, "addr", "add", address, "dev", device);
    }

    private CommandResult in(String host, String... command) {
        return new LocalCommand(Stream.concat(Stream.of("ip", "netns", "exec", cloud + "-" + host), Stream.of(command))
                        .toList())
                .run(LIMIT, new byte[0]);
    }

    private static String ip(String... arguments) {
        CommandResult result = new LocalCommand(
                        Stream.concat(Stream.of("ip"), Stream.of(arguments)).toList())
                .run(LIMIT, new byte[0]);
        assertThat(result.succeeded()).as(result.output()).isTrue();
        return result.output();
    }

    /** What bin/wire is to whoever types: starts whatever these tests were built from. */
    private Path launcher() throws IOException {
        Path script =
                Files.writeString(lab.scratch().resolve("wire"), """
                #!/bin/sh
                case "$1 $2" in
                  "connector run" | "node run") exec %s "$@" ;;
                  *) exec %s "$@" ;;
                esac
                """.formatted(line(Jvm.DAEMON), line(Jvm.COMMAND)));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private static String line(Jvm jvm) {
        return jvm.command(List.of(), Main.class).stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
    }
}
