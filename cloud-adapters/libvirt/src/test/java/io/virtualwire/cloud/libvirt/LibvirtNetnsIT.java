package io.virtualwire.cloud.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.cloud.spi.HypervisorEvent;
import io.virtualwire.cloud.spi.HypervisorEvent.MachineChanged;
import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.cloud.spi.MachineMigration;
import io.virtualwire.cloud.spi.MachineMigration.Outcome;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.cloud.spi.MigrationPlan;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LibvirtHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Two libvirt daemons with real QEMU guests of 512 bytes.
 *
 * <pre>
 *   east (192.0.2.1) libvirtd, QEMU ── veth ── west (192.0.2.2) libvirtd, QEMU
 * </pre>
 */
@NetnsTest
final class LibvirtNetnsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:21");

    /**
     * A boot sector that says so on its console and then writes ever other words to 8 MiB for ever: more than what a slow move
     * copies in the pause that it may take, so that it does not end. A real-mode program with a segment of 4 GiB in es.
     *
     * <pre>
     *   cli; cld; xor ax, ax; mov ds, ax; lgdt [gdtr]; mov eax, cr0; or al, 1; mov cr0, eax; mov bx, 8; mov es, bx
     *   and al, 0xfe; mov cr0, eax; mov dx, 0x3f8; mov al, 'R'; out dx, al
     *   L: inc ebx; mov eax, ebx; mov edi, 0x200000; mov ecx, 0x200000; rep stosd es:[edi]; jmp L
     *   gdt: 0; base 0, limit 4 GiB, data        gdtr: 15, gdt
     * </pre>
     */
    private static final String BUSY_GUEST = "fafc31c08ed80f01164a7c0f20c00c010f22c0bb08008ec324fe0f22c0baf803b052ee"
            + "66436689d866bf0000200066b9000020006766f3abebe9"
            + "0000000000000000ffff00000092cf000f003a7c0000";

    @Test
    void machinesAreStartedMovedAndWatched() throws Exception {
        try (Namespaces lab = Namespaces.open()) {
            Namespace east = lab.namespace("east");
            Namespace west = lab.namespace("west");
            lab.veth(east, "up0", "192.0.2.1/24", west, "up0", "192.0.2.2/24");
            Path image = guest(lab.scratch().resolve("guest.img"));
            try (LibvirtHost source = LibvirtHost.start(east, lab.scratch().resolve("e"), "192.0.2.1");
                    LibvirtHost target = LibvirtHost.start(west, lab.scratch().resolve("w"), "192.0.2.2");
                    LibvirtHypervisor here =
                            LibvirtHypervisor.connect(source.awaitReady().uri());
                    LibvirtHypervisor there =
                            LibvirtHypervisor.connect(target.awaitReady().uri())) {
                List<HypervisorEvent> atSource = new CopyOnWriteArrayList<>();
                List<HypervisorEvent> atTarget = new CopyOnWriteArrayList<>();
                here.listen(atSource::add);
                there.listen(atTarget::add);
                for (Namespace each : List.of(east, west)) {
                    each.ip("tuntap add dev vm0 mode tap vnet_hdr");
                    each.ip("link set vm0 up");
                }

                Machine defined = here.define(spec("web1", image));
                assertThat(defined.state()).isEqualTo(Machine.State.STOPPED);
                assertThat(defined.nics()).containsExactly(new Machine.Nic(MAC, "ethernet", Optional.of("vm0")));
                here.start("web1");
                here.start("web1");
                awaitBusy(image);
                assertThat(here.machines()).extracting(Machine::state).containsExactly(Machine.State.RUNNING);
                awaitChanges(atSource, "DEFINED added", "RESUMED unpaused", "STARTED booted");

                /* Too slow ever to end, so it is there to be given up. */
                MachineMigration slow = here.migrate(
                        "web1", MigrationPlan.peerToPeer(libvirt(2)).atMost(1));
                Awaitility.await().atMost(LIMIT).until(() -> slow.progress().totalBytes() > 0);
                slow.abort();
                assertThat(outcome(slow)).isInstanceOf(Outcome.Aborted.class);
                assertThat(here.machine("web1").state()).isEqualTo(Machine.State.RUNNING);
                Awaitility.await().atMost(LIMIT).until(() -> there.machines().isEmpty());

                atSource.clear();
                atTarget.clear();
                RunningCommand capture = west.start("tcpdump", "-nlei", "vm0", "-c", "1", "ether", "proto", "0x8035");
                capture.awaitLine("listening on.*", LIMIT);
                MachineMigration move = here.migrate("web1", MigrationPlan.peerToPeer(libvirt(2)));
                assertThat(outcome(move)).isInstanceOf(Outcome.Arrived.class);
                capture.awaitLine(MAC + " > ff:ff:ff:ff:ff:ff.*", LIMIT);
                assertThat(there.machine("web1").id()).isEqualTo(defined.id());
                assertThat(there.machine("web1").state()).isEqualTo(Machine.State.RUNNING);
                awaitChanges(atSource, "SUSPENDED migrated", "STOPPED migrated");
                awaitChanges(atTarget, "STARTED migrated", "RESUMED migrated");

                MachineMigration back = there.migrate(
                        "web1", MigrationPlan.peerToPeer(libvirt(1)).driven(MigrationPlan.Mode.TUNNELLED));
                assertThat(outcome(back)).isInstanceOf(Outcome.Arrived.class);

                MachineMigration nowhere =
                        here.migrate("web1", MigrationPlan.peerToPeer("qemu+tcp://192.0.2.7/system"));
                assertThat(outcome(nowhere)).isInstanceOf(Outcome.Failed.class);
                assertThat(here.machine("web1").state()).isEqualTo(Machine.State.RUNNING);

                /* A daemon that dies takes no machine with it, and is reached again. */
                atSource.clear();
                source.killDaemon();
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> atSource.stream().anyMatch(HypervisorEvent.ConnectionLost.class::isInstance));
                assertThatThrownBy(here::machines)
                        .isInstanceOfSatisfying(
                                WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
                source.restartDaemon();
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> atSource.stream().anyMatch(HypervisorEvent.ConnectionBack.class::isInstance));
                assertThat(here.machine("web1").state()).isEqualTo(Machine.State.RUNNING);

                /* "destroyed", or "failed" if the daemon was still getting to know the machine again. */
                here.stop("web1");
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> atSource.stream()
                                .anyMatch(event -> event instanceof MachineChanged changed
                                        && changed.change() == HypervisorEvent.Change.STOPPED));
                assertThat(here.machine("web1").state()).isEqualTo(Machine.State.STOPPED);
                here.remove("web1");
                here.remove("web1");
                here.stop("web1");
                assertThatThrownBy(() -> here.start("web1"))
                        .isInstanceOfSatisfying(
                                WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
                assertThat(here.machines()).isEmpty();
            }
        }
    }

    @Test
    void aHypervisorThatIsNotThereIsSaidToBe() {
        assertThatThrownBy(() -> LibvirtHypervisor.connect("qemu+unix:///system?socket=/no/such/socket"))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e).hasMessageContaining("/no/such/socket");
                    assertThat(e.hint()).isNotBlank();
                });
    }

    private static String libvirt(int host) {
        return "qemu+tcp://192.0.2." + host + "/system";
    }

    private static Outcome outcome(MachineMigration migration) throws Exception {
        return migration.outcome().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static void awaitChanges(List<HypervisorEvent> events, String... expected) {
        Awaitility.await(String.join(", ", expected))
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(events.stream()
                                .filter(MachineChanged.class::isInstance)
                                .map(MachineChanged.class::cast)
                                .map(event -> event.change() + " " + event.detail()))
                        .containsSubsequence(expected));
    }

    static MachineSpec spec(String name, Path image) {
        return new MachineSpec(
                name,
                Optional.empty(),
                32,
                1,
                true,
                new MachineSpec.Boot.Disk(image, "raw", true),
                List.of(new MachineSpec.NicSpec(MAC, "vm0", 1500)),
                Optional.of(console(image)));
    }

    /** Until then its firmware is at work, which leaves nothing to copy. */
    static void awaitBusy(Path image) {
        Awaitility.await("the guest runs")
                .atMost(LIMIT)
                .until(() -> Files.exists(console(image)) && Files.size(console(image)) > 0);
    }

    private static Path console(Path image) {
        return image.resolveSibling("console.log");
    }

    static Path guest(Path file) throws Exception {
        // SeaBIOS does not boot from a disk of a single sector.
        byte[] disk = Arrays.copyOf(HexFormat.of().parseHex(BUSY_GUEST), 1 << 20);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        return Files.write(file, disk);
    }
}
