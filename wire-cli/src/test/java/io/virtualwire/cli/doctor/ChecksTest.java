package io.virtualwire.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.AssociationStatus;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.openssl.LibCrypto;
import io.virtualwire.time.Ticker;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChecksTest {
    private static final Credentials CREDENTIALS =
            TenantAuthority.create("acme", InstantSource.system()).issue("host-a", Duration.ofDays(90));

    @Test
    void whateverIsFoundItSaysWhatToDo() {
        WireException silent = new WireException(ErrorCode.SYSTEM, "no", "");
        assertThat(Finding.refused("TAP", Verdict.FAIL, silent, "do this").advice())
                .isEqualTo("do this");
        assertThatThrownBy(() -> Finding.warn("TAP", "is slow", " ")).hasMessageContaining("TAP");
    }

    @Test
    void credentialsHoldBetweenTheirDates() {
        CredentialsCheck check = new CredentialsCheck();
        Instant now = Instant.now();
        assertThat(check.run(CREDENTIALS, now).verdict()).isEqualTo(Verdict.OK);
        assertThat(check.run(CREDENTIALS, now.plus(Duration.ofDays(70))).verdict())
                .isEqualTo(Verdict.WARN);
        assertThat(check.run(CREDENTIALS, now.plus(Duration.ofDays(100))).verdict())
                .isEqualTo(Verdict.FAIL);
        Finding early = check.run(CREDENTIALS, now.minus(Duration.ofDays(10_000)));
        assertThat(early.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(early.advice()).contains("clock");
    }

    @Test
    void aTakenPortIsFoundByBinding() throws IOException {
        PortCheck check = new PortCheck();
        assertThat(check.run(0, 0, false).verdict()).isEqualTo(Verdict.OK);
        try (ServerSocket taken = new ServerSocket(0)) {
            Finding found = check.run(0, taken.getLocalPort(), false);
            assertThat(found.verdict()).isEqualTo(Verdict.WARN);
            assertThat(found.advice()).contains("--api-port");
            assertThat(check.run(0, taken.getLocalPort(), true).verdict()).isEqualTo(Verdict.OK);
        }
    }

    @Test
    void aGuestIsReallyStarted() {
        Path present = Path.of("/dev/null");
        List<String> emulators = List.of("no-such-emulator", "qemu-system-x86_64");
        Finding emulated = new VirtualizationCheck(present, emulators, "tcg", Ticker.system()).run();
        assertThat(emulated.detail()).contains("64-bit mode");
        Finding broken = new VirtualizationCheck(present, emulators, "no-such-thing", Ticker.system()).run();
        assertThat(broken.verdict()).isEqualTo(Verdict.WARN);
        assertThat(broken.detail()).contains("no guest could be started", "no-such-thing");
        Finding untried = new VirtualizationCheck(present, List.of("no-such-emulator"), "tcg", Ticker.system()).run();
        assertThat(untried.advice()).contains("qemu-system-x86");
        Finding absent = new VirtualizationCheck(Path.of("/no/such/device"), emulators, "kvm", Ticker.system()).run();
        assertThat(absent.detail()).contains("/no/such/device");
    }

    @Test
    void theProbeGuestIsWhatItsSourceSays(@TempDir Path folder) throws Exception {
        Path made = folder.resolve("made.bin");
        Process assembler = new ProcessBuilder(
                        "sh",
                        "-c",
                        "as --64 -o \"$1/p.o\" src/main/resources/io/virtualwire/cli/doctor/probe-guest.s"
                                + " && ld -m elf_x86_64 --oformat binary -Ttext 0x7c00 -o \"$2\" \"$1/p.o\"",
                        "sh",
                        folder.toString(),
                        made.toString())
                .inheritIO()
                .start();
        assertThat(assembler.waitFor()).isZero();
        assertThat(made)
                .hasSameBinaryContentAs(Path.of("src/main/resources/io/virtualwire/cli/doctor/probe-guest.bin"));
    }

    @Test
    void libvirtIsAsked() {
        assertThat(new LibvirtCheck("no-such-client", "test:///default").run().advice())
                .contains("libvirt-clients");
        assertThat(new LibvirtCheck("echo", "test:///default").run().detail()).contains("test:///default");
        assertThat(new LibvirtCheck("false", "test:///default").run().verdict()).isEqualTo(Verdict.WARN);
    }

    @Test
    void aClockFarOffIsTold() {
        Instant asked = Instant.EPOCH.plusSeconds(1_000);
        Instant answered = asked.plusMillis(20);
        ClockCheck check = new ClockCheck();
        assertThat(check.run("hosta", asked, answered, asked.plusMillis(510)))
                .isEqualTo(Finding.ok("clock of hosta", "ahead of this one's by 500 ms, give or take 10"));
        assertThat(check.run("hosta", asked, answered, asked.minusSeconds(40)).verdict())
                .isEqualTo(Verdict.WARN);
        assertThat(check.run("hosta", asked, asked.plusSeconds(30), asked.minusSeconds(20))
                        .verdict())
                .as("as far as can be told")
                .isEqualTo(Verdict.OK);
    }

    @Test
    void aPathIsJudgedByWhatItCarries() {
        PathCheck check = new PathCheck();
        assertThat(check.run("hosta", path(true, 1472)).verdict()).isEqualTo(Verdict.OK);
        assertThat(check.run("hosta", path(true, 1100)).advice()).contains("slower");
        assertThat(check.run("hosta", path(false, 1472)).advice()).contains("UDP and TCP");
        assertThat(check.run("hosta", path(true, 9216, "tcp")).advice()).contains("let UDP");
        assertThat(check.run("hosta", path(true, 9216, "relay")).advice()).contains("forward");
    }

    private static AssociationStatus path(boolean up, int bytes) {
        return path(up, bytes, "direct");
    }

    private static AssociationStatus path(boolean up, int bytes, String way) {
        return new AssociationStatus(
                new Identity("acme", "hostb"),
                Optional.of("192.0.2.1:7471"),
                Optional.of(way),
                up,
                Optional.empty(),
                Optional.of(420L),
                bytes,
                Map.of(),
                Map.of());
    }

    @Test
    void aConnectorThatCouldHoldNothingIsRefusedWithWhatToDo(@TempDir Path folder) throws IOException {
        Path device = folder.resolve("tun");
        assertThatThrownBy(new DeviceAccess(device, true)::require).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM);
            assertThat(e.getMessage()).contains("there is no " + device);
            assertThat(e.hint()).contains("modprobe tun");
        });
        Files.createFile(device);
        assertThatThrownBy(new DeviceAccess(device, false)::require).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM);
            assertThat(e.getMessage()).contains("CAP_NET_ADMIN");
        });
        assertThatCode(new DeviceAccess(device, true)::require).doesNotThrowAnyException();
    }

    @Test
    void sealingIsByLibcryptoOrItSaysWhyNot() {
        assertThat(new SealingCheck(LibCrypto::look).run().verdict()).isEqualTo(Verdict.OK);
        Finding without = new SealingCheck(() -> new LibCrypto("", Optional.of("there is no libcrypto.so.3"))).run();
        assertThat(without.verdict()).isEqualTo(Verdict.WARN);
        assertThat(without.detail()).contains("Java", "there is no libcrypto.so.3");
        assertThat(without.advice()).contains("libssl3");
    }

    @Test
    void thisMachineSendsDatagramsToItself() {
        assertThat(new UdpOffloadCheck().run().verdict()).isNotEqualTo(Verdict.FAIL);
        assertThat(new HostChecks().jdk().verdict()).isEqualTo(Verdict.OK);
    }
}
