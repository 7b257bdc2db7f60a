package io.virtualwire.cli.doctor;

import io.virtualwire.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Starts a guest of 512 bytes under QEMU with KVM, because a {@code /dev/kvm} that can be opened may still run no guest: in
 * another guest without nested virtualization, in some containers and micro-VMs.
 */
public final class VirtualizationCheck {
    private static final String SUBJECT = "KVM";
    private static final String FOR_VMS = "; only moving VMs needs it";
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** What a guest takes that is not slowed down by being nested in software: tenths of a second. */
    private static final Duration PROMPT = Duration.ofSeconds(2);
    /** What QEMU makes of the 0x2a that probe-guest.s writes. */
    private static final int REACHED = 2 * 0x2a + 1;

    private final Path device;
    private final List<String> emulators;
    private final String accelerator;
    private final Ticker ticker;

    public VirtualizationCheck(Ticker ticker) {
        this(Path.of("/dev/kvm"), List.of("qemu-system-x86_64", "/usr/libexec/qemu-kvm"), "kvm", ticker);
    }

    VirtualizationCheck(Path device, List<String> emulators, String accelerator, Ticker ticker) {
        this.device = device;
        this.emulators = emulators;
        this.accelerator = accelerator;
        this.ticker = ticker;
    }

    public Finding run() {
        if (!Files.exists(device)) {
            return Finding.warn(
                    SUBJECT,
                    "no " + device,
                    "load kvm_intel or kvm_amd, or turn on nested virtualization; VMs are emulated without" + FOR_VMS);
        }
        if (!Files.isReadable(device) || !Files.isWritable(device)) {
            return Finding.warn(SUBJECT, device + " is not for you", "add the user to group kvm" + FOR_VMS);
        }
        if (!System.getProperty("os.arch").equals("amd64")) {
            return Finding.warn(
                    SUBJECT,
                    device + " is there, and was not tried",
                    "start a guest of your own to see whether it runs: the one to try is for x86-64");
        }
        try {
            Path guest = Files.createTempFile("wire-doctor", ".img");
            try {
                return start(guest);
            } finally {
                Files.delete(guest);
            }
        } catch (IOException e) {
            return Finding.warn(SUBJECT, "no guest could be written: " + e.getMessage(), "see to the temporary folder");
        }
    }

    private Finding start(Path guest) throws IOException {
        try (InputStream image = VirtualizationCheck.class.getResourceAsStream("probe-guest.bin")) {
            Files.write(guest, Objects.requireNonNull(image).readAllBytes());
        }
        for (String emulator : emulators) {
            Optional<Process> started = emulate(emulator, guest);
            if (started.isPresent()) {
                return judge(started.get());
            }
        }
        return Finding.warn(
                SUBJECT,
                device + " is there, but no " + emulators.getFirst() + " to try it with",
                "install qemu-system-x86" + FOR_VMS);
    }

    private Optional<Process> emulate(String emulator, Path guest) {
        try {
            return Optional.of(new ProcessBuilder(
                            emulator,
                            "-machine",
                            "pc,accel=" + accelerator,
                            "-nodefaults",
                            "-no-user-config",
                            "-display",
                            "none",
                            "-m",
                            "16",
                            "-no-reboot",
                            "-device",
                            "isa-debug-exit,iobase=0xf4,iosize=0x04",
                            "-drive",
                            "if=ide,format=raw,file=" + guest)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    private Finding judge(Process guest) throws IOException {
        long began = ticker.nanoTime();
        try {
            if (!guest.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                guest.destroyForcibly();
                return Finding.warn(
                        SUBJECT,
                        "a guest was started, and was nowhere after " + PATIENCE.toSeconds() + " s",
                        "VMs have to be emulated here (domain type 'qemu')" + FOR_VMS);
            }
        } catch (InterruptedException e) {
            guest.destroyForcibly();
            Thread.currentThread().interrupt();
            return Finding.warn(SUBJECT, "interrupted", "try again");
        }
        Duration took = Duration.ofNanos(ticker.nanoTime() - began);
        if (guest.exitValue() != REACHED) {
            String said = new String(guest.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return Finding.warn(
                    SUBJECT,
                    "no guest could be started: " + (said.isEmpty() ? "status " + guest.exitValue() : said),
                    "VMs have to be emulated here (domain type 'qemu')" + FOR_VMS);
        }
        String detail = "started a guest, which was in 64-bit mode after " + took.toMillis() + " ms";
        return took.compareTo(PROMPT) <= 0
                ? Finding.ok(SUBJECT, detail)
                : Finding.warn(
                        SUBJECT,
                        detail + "; a tenth of that is usual",
                        "this host may be a guest itself: emulated VMs (domain type 'qemu') may be faster, and safer");
    }
}
