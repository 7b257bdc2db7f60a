package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.netns.CommandOutput;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LibvirtHost;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What befalls libvirt, connectors, nodes, guests and the line between two clouds while {@code wire migrate} moves a real guest: it
 * ends at one place, with its network, and leaves nothing anywhere. With {@code -Dwire.long=true}; {@code -Dwire.cells=A,B} for
 * some.
 */
@NetnsTest
final class MachineFaultsNetnsIT {
    private static final String VM = "web1";
    private static final String GUEST = "10.1.0.10";
    private static final String DRIVER = "n2";
    private static final Duration LIMIT = MachineLab.LIMIT;
    private static final String[] NODES = {"n1", "n2", "n3"};
    private static final String COPYING = ".*MiB left.*";
    private static @Nullable MachineLab shared;

    /** What happens, and when; and whether the machine is at the target then. */
    enum Cell {
        TARGET_HYPERVISOR_REFUSES(false),
        TARGET_CONNECTOR_DIES_BEFORE(true),
        TARGET_CONNECTOR_DIES_DURING(true),
        TARGET_CONNECTOR_IS_AWAY_WHEN_IT_ARRIVES(true),
        TARGET_CONNECTOR_DIES_AFTER(true),
        SOURCE_CONNECTOR_DIES_DURING(true),
        SOURCE_CONNECTOR_IS_AWAY_WHEN_IT_LEAVES(true),
        LINK_BREAKS_BEFORE(false),
        LINK_BREAKS_DURING(false),
        LINK_BREAKS_AFTER(true),
        DRIVER_DIES_PREPARING(true),
        DRIVER_DIES_DURING(true),
        DRIVER_DIES_DURING_A_MANAGED_MOVE(true),
        DRIVER_DIES_ACTIVATING(true),
        DRIVER_DIES_DRAINING(true),
        DRIVER_DIES_CLEANING_UP(true),
        SOURCE_LIBVIRTD_DIES_DURING(false),
        TARGET_LIBVIRTD_DIES_DURING(false),
        SOURCE_LIBVIRTD_DIES_BEFORE_IT_CONFIRMS(true),
        CALLED_OFF_PREPARING(false),
        CALLED_OFF_DURING(false),
        GUEST_PANICS_DURING(false),
        TUNNELLED(true),
        MANAGED(true),
        POST_COPY(true),
        STORAGE_IS_COPIED(false),
        CALLED_OFF_TUNNELLED(false),
        CALLED_OFF_MANAGED(false),
        DRIVER_IS_DRAINED_DURING(true),
        TARGET_IS_DRAINED_BEFORE(false),
        TARGET_IS_DRAINED_DURING(true);

        private final boolean moves;

        Cell(boolean moves) {
            this.moves = moves;
        }
    }

    static Stream<Cell> cells() {
        String some = System.getProperty("wire.cells", "");
        if (!some.isEmpty()) {
            return Arrays.stream(some.split(",")).map(Cell::valueOf);
        }
        return Boolean.getBoolean("wire.long") ? Stream.of(Cell.values()) : Stream.of();
    }

    @AfterAll
    static void close() {
        if (shared != null) {
            shared.close();
        }
    }

    private static MachineLab lab() throws Exception {
        MachineLab lab = shared;
        if (lab == null) {
            lab = new MachineLab(NODES);
            shared = lab;
            lab.startGuest(VM, "e1", LinuxGuest.named(VM).nic(VM, "52:54:00:00:00:10", GUEST + "/24"));
            lab.awaitAnswer(GUEST);
        }
        return lab;
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("cells")
    void theMachineIsAtOnePlaceWithItsNetwork(Cell cell) throws Exception {
        MachineLab lab = lab();
        Awaitility.await("no move is under way")
                .atMost(LIMIT)
                .until(() ->
                        lab.json("vm", "show", VM).path("movingTo").asText().isEmpty());
        String from = lab.json("vm", "show", VM).path("host").asText();
        String to = from.equals("e1") ? "w1" : "e1";
        lab.awaitOnlyAt(from, VM);
        String identity = lab.identity(GUEST);
        long begun = System.nanoTime();
        try {
            befall(cell, lab, from, to);
        } catch (AssertionError | RuntimeException e) {
            System.out.println(cell + ":\n" + lab.machineLog());
            if (!lab.node(DRIVER).alive()) {
                startDriver(lab);
            }
            throw e;
        }
        String at = cell.moves ? to : from;
        String left = cell.moves ? from : to;
        lab.awaitOnlyAt(at, VM);
        lab.awaitAnswer(GUEST);
        System.out.printf("%s: settled after %.1f s%n", cell, (System.nanoTime() - begun) / 1e9);
        if (cell != Cell.GUEST_PANICS_DURING) {
            assertThat(lab.identity(GUEST)).isEqualTo(identity);
        }
        assertThat(lab.hypervisor(left).virsh("list", "--all", "--name").text())
                .as("domains left")
                .doesNotContain(VM);
        // Where the old place was shut out, what was on its way there is lost.
        Awaitility.await("nothing is lost").atMost(LIMIT).untilAsserted(() -> {
            Pings pings = lab.pings(GUEST, 20);
            assertThat(pings.duplicates()).isZero();
            assertThat(pings.lost()).isZero();
        });
    }

    private static void befall(Cell cell, MachineLab lab, String from, String to) throws Exception {
        LibvirtHost source = lab.hypervisor(from);
        LibvirtHost target = lab.hypervisor(to);
        switch (cell) {
            case TARGET_HYPERVISOR_REFUSES -> {
                // Another machine of that name, which does not run.
                target.define(LinuxGuest.named(VM));
                CommandOutput refused = lab.migrate(VM, to, DRIVER).await(LIMIT);
                assertThat(refused.succeeded()).as(refused.text()).isFalse();
                assertThat(refused.text()).contains("already exists");
                target.virsh("undefine", VM);
            }
            case TARGET_CONNECTOR_DIES_BEFORE -> {
                lab.connector(to).kill();
                RunningCommand move = lab.migrate(VM, to, DRIVER);
                move.awaitLine(".*prepare.*", LIMIT);
                lab.startConnector(to);
                arrives(move);
            }
            case TARGET_CONNECTOR_DIES_DURING -> {
                RunningCommand move = slow(lab, to);
                lab.connector(to).kill();
                lab.startConnector(to);
                goOn(source);
                arrives(move);
            }
            case TARGET_CONNECTOR_IS_AWAY_WHEN_IT_ARRIVES -> {
                RunningCommand move = slow(lab, to);
                lab.connector(to).kill();
                goOn(source);
                awaitRunning(target);
                lab.startConnector(to);
                arrives(move);
            }
            case TARGET_CONNECTOR_DIES_AFTER -> {
                RunningCommand move = lab.migrate(VM, to, DRIVER);
                move.awaitLine(".*drain.*", LIMIT);
                lab.connector(to).kill();
                lab.startConnector(to);
                arrives(move);
            }
            case SOURCE_CONNECTOR_DIES_DURING -> {
                RunningCommand move = slow(lab, to);
                lab.connector(from).kill();
                lab.startConnector(from);
                goOn(source);
                arrives(move);
            }
            case SOURCE_CONNECTOR_IS_AWAY_WHEN_IT_LEAVES -> {
                RunningCommand move = slow(lab, to);
                lab.connector(from).kill();
                goOn(source);
                awaitRunning(target);
                lab.startConnector(from);
                arrives(move);
            }
            case LINK_BREAKS_BEFORE -> {
                lab.link(false);
                RunningCommand move = lab.migrate(VM, to, DRIVER);
                assertThat(move.await(LIMIT).succeeded()).isFalse();
                lab.link(true);
            }
            case LINK_BREAKS_DURING -> {
                RunningCommand move = slow(lab, to);
                lab.link(false);
                assertThat(move.await(LIMIT).succeeded()).isFalse();
                lab.link(true);
            }
            case LINK_BREAKS_AFTER -> {
                RunningCommand move = lab.migrate(VM, to, DRIVER);
                move.awaitLine(".*drain.*", LIMIT);
                lab.link(false);
                move.await(LIMIT);
                lab.link(true);
            }
            case DRIVER_DIES_PREPARING -> {
                lab.connector(to).signal("STOP");
                RunningCommand move = lab.migrate(VM, to, DRIVER);
                move.awaitLine(".*prepare.*", LIMIT);
                lab.node(DRIVER).kill();
                lab.connector(to).signal("CONT");
                awaitEnd(lab, to);
                startDriver(lab);
            }
            case DRIVER_DIES_DURING -> {
                // Its hypervisor ends the job with the one who asked for it; another node begins anew.
                slow(lab, to);
                lab.node(DRIVER).kill();
                awaitEnd(lab, to);
                startDriver(lab);
            }
            case DRIVER_DIES_DURING_A_MANAGED_MOVE -> {
                lab.migrate(VM, to, DRIVER, "--mode", "managed", "--bandwidth", "1")
                        .awaitLine(COPYING, LIMIT);
                lab.node(DRIVER).kill();
                awaitEnd(lab, to);
                startDriver(lab);
            }
            case DRIVER_DIES_ACTIVATING -> {
                RunningCommand move = slow(lab, to);
                lab.connector(to).signal("STOP");
                goOn(source);
                awaitRunning(target);
                lab.node(DRIVER).kill();
                lab.connector(to).signal("CONT");
                awaitEnd(lab, to);
                startDriver(lab);
                move.kill();
            }
            case DRIVER_DIES_DRAINING, DRIVER_DIES_CLEANING_UP -> {
                RunningCommand move = lab.migrate(VM, to, DRIVER);
                move.awaitLine(cell == Cell.DRIVER_DIES_DRAINING ? ".*drain.*" : ".*clean-up.*", LIMIT);
                lab.node(DRIVER).kill();
                awaitEnd(lab, to);
                startDriver(lab);
            }
            case SOURCE_LIBVIRTD_DIES_DURING -> {
                RunningCommand move = slow(lab, to);
                source.killDaemon();
                source.restartDaemon();
                assertThat(move.await(LIMIT).succeeded()).isFalse();
            }
            case TARGET_LIBVIRTD_DIES_DURING -> {
                RunningCommand move = slow(lab, to);
                target.killDaemon();
                target.restartDaemon();
                assertThat(move.await(LIMIT).succeeded()).isFalse();
            }
            case SOURCE_LIBVIRTD_DIES_BEFORE_IT_CONFIRMS -> {
                RunningCommand move = slow(lab, to);
                goOn(source);
                awaitRunning(target);
                source.killDaemon();
                move.awaitLine(".*drain.*", LIMIT);
                source.restartDaemon();
                arrives(move);
            }
            case CALLED_OFF_PREPARING -> {
                lab.connector(to).signal("STOP");
                RunningCommand move = lab.migrate(VM, to, DRIVER);
                move.awaitLine(".*prepare.*", LIMIT);
                move.signal("INT");
                lab.connector(to).signal("CONT");
                move.await(LIMIT);
                assertThat(move.output()).contains("it stays on " + from + ", because it was called off");
            }
            case CALLED_OFF_DURING -> {
                RunningCommand move = slow(lab, to);
                move.signal("INT");
                move.await(LIMIT);
                assertThat(move.output()).contains("it stays on " + from + ", because it was called off");
            }
            case TUNNELLED, MANAGED ->
                arrives(lab.migrate(VM, to, DRIVER, "--mode", cell.name().toLowerCase(Locale.ROOT)));
            case POST_COPY -> {
                // Memory is copied once at this pace before it goes on at the target; without anything to fetch it
                // would just arrive.
                lab.rewriteMemory(GUEST);
                RunningCommand move = lab.migrate(VM, to, DRIVER, "--post-copy", "--bandwidth", "20");
                arrives(move);
                assertThat(lab.node(DRIVER).output()).contains("fetches the rest of its memory");
            }
            case STORAGE_IS_COPIED -> copyStorage(lab, from, to);
            case CALLED_OFF_TUNNELLED, CALLED_OFF_MANAGED -> {
                String mode = cell.name().substring("CALLED_OFF_".length()).toLowerCase(Locale.ROOT);
                RunningCommand move = lab.migrate(VM, to, DRIVER, "--bandwidth", "1", "--mode", mode);
                move.awaitLine(COPYING, LIMIT);
                move.signal("INT");
                move.await(LIMIT);
                assertThat(move.output()).contains("it stays on " + from + ", because it was called off");
            }
            case DRIVER_IS_DRAINED_DURING -> {
                // It has the switch, too, which goes meanwhile: both ends of the machine's wire move at once.
                RunningCommand move = lab.migrate(VM, to, "n1", "--bandwidth", "1");
                move.awaitLine(COPYING, LIMIT);
                RunningCommand drain = lab.start("node", "drain", "n1");
                drain.awaitLine(".*still there: move of " + VM + ".*", LIMIT);
                assertThat(lab.json("switch", "show", "lan").path("node").asText())
                        .isNotEqualTo("n1");
                goOn(source);
                arrives(move);
                CommandOutput drained = drain.await(LIMIT);
                assertThat(drained.text()).contains("n1 is empty and takes nothing new");
                lab.said("node", "drain", "n1", "--undo");
                lab.said("migrate", "lan", "--to", "n1");
            }
            case TARGET_IS_DRAINED_BEFORE -> {
                lab.said("connector", "drain", "--host", to, "--timeout", "0");
                CommandOutput refused = lab.migrate(VM, to, DRIVER).await(LIMIT);
                assertThat(refused.succeeded()).as(refused.text()).isFalse();
                assertThat(refused.text()).contains("drain");
                lab.said("connector", "drain", "--host", to, "--cancel");
            }
            case TARGET_IS_DRAINED_DURING -> {
                // What is prepared there may come.
                RunningCommand move = slow(lab, to);
                lab.said("connector", "drain", "--host", to, "--timeout", "0");
                goOn(source);
                arrives(move);
                lab.said("connector", "drain", "--host", to, "--cancel");
            }
            case GUEST_PANICS_DURING -> {
                RunningCommand move = slow(lab, to);
                lab.panic(GUEST);
                assertThat(move.await(LIMIT).succeeded()).isFalse();
                source.virsh("start", VM);
            }
        }
    }

    /** A second guest, with a disk that each host has for itself. */
    private static void copyStorage(MachineLab lab, String from, String to) throws Exception {
        String disk = "<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                + "<source file='/var/lib/libvirt/images/web2.img'/><target dev='vda' bus='virtio'/></disk>";
        Path source = lab.hypervisor(from).image("web2.img");
        Path target = lab.hypervisor(to).image("web2.img");
        byte[] content = new byte[16 << 20];
        Files.write(target, content);
        Arrays.fill(content, 1 << 20, 9 << 20, (byte) 0xab);
        Files.write(source, content);
        LinuxGuest guest = LinuxGuest.named("web2").nic("web2", "52:54:00:00:00:20", "10.1.0.20/24");
        lab.startGuest("web2", from, guest, guest.domain().replace("<memballoon", disk + "<memballoon"));
        lab.awaitAnswer("10.1.0.20");
        RunningCommand slow = lab.migrate("web2", to, DRIVER, "--copy-storage", "--bandwidth", "1");
        slow.awaitLine(COPYING, LIMIT);
        slow.signal("INT");
        slow.await(LIMIT);
        assertThat(slow.output()).contains("it stays on " + from + ", because it was called off");
        lab.awaitOnlyAt(from, "web2");
        arrives(lab.migrate("web2", to, DRIVER, "--copy-storage"));
        lab.awaitOnlyAt(to, "web2");
        lab.awaitAnswer("10.1.0.20");
        lab.said("switch", "unplug", "lan/web2");
        lab.hypervisor(to).virsh("destroy", "web2");
        lab.hypervisor(to).virsh("undefine", "web2");
        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
        lab.said("vm", "detach", "web2");
    }

    private static void startDriver(MachineLab lab) {
        lab.startNode(DRIVER, NODES);
        lab.node(DRIVER).awaitLine("node .* is up.*", LIMIT);
    }

    /** A move that goes on until {@link #goOn}. */
    private static RunningCommand slow(MachineLab lab, String to) {
        RunningCommand move = lab.migrate(VM, to, DRIVER, "--bandwidth", "1");
        move.awaitLine(COPYING, LIMIT);
        return move;
    }

    private static void goOn(LibvirtHost source) {
        source.virsh("migrate-setspeed", VM, "1000");
    }

    private static void arrives(RunningCommand move) {
        CommandOutput ended = move.await(LIMIT);
        assertThat(ended.succeeded()).as(ended.text()).isTrue();
    }

    private static void awaitRunning(LibvirtHost target) {
        Awaitility.await("it runs at the target")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> target.virsh("list", "--state-running", "--name")
                        .text()
                        .lines()
                        .map(String::strip)
                        .toList()
                        .equals(List.of(VM)));
    }

    private static void awaitEnd(MachineLab lab, String at) {
        String from = at.equals("e1") ? "w1" : "e1";
        Awaitility.await("another node ends the move").atMost(LIMIT).untilAsserted(() -> {
            lab.hypervisor(from).tryVirsh("migrate-setspeed", VM, "1000");
            assertThat(lab.json("vm", "show", VM).path("movingTo").asText()).isEmpty();
            assertThat(lab.json("vm", "show", VM).path("host").asText()).isEqualTo(at);
        });
    }
}
