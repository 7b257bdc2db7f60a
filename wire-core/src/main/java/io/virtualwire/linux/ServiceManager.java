package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who has started this process and watches it, if that is systemd: datagrams to the socket {@code NOTIFY_SOCKET}, each lines of
 * {@code NAME=VALUE}, some with descriptors, as sd_notify(3) has it.
 *
 * <pre>
 *   READY=1      RELOADING=1 MONOTONIC_USEC=n      STOPPING=1      STATUS=text      WATCHDOG=1
 *   FDSTORE=1 FDNAME=name FDPOLL=0   + a descriptor: to be kept, and given to the next process
 *   FDSTOREREMOVE=1 FDNAME=name      what was kept by that name is closed
 *   BARRIER=1                        + a descriptor: closed when all that was said before has been done
 * </pre>
 *
 * <p>What cannot be said is not said: a manager that does not hear is no reason to end. Any thread.
 */
public final class ServiceManager {
    private static final int LONGEST_NAME = 255;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Optional<String> socket;
    private final Map<String, String> environment;

    private ServiceManager(Optional<String> socket, Map<String, String> environment) {
        this.socket = socket;
        this.environment = environment;
    }

    /** Whoever the environment names; nobody, if it names none. */
    public static ServiceManager of(Map<String, String> environment) {
        Optional<String> socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                .filter(it -> it.startsWith("/") || it.startsWith("@"));
        return new ServiceManager(socket, Map.copyOf(environment));
    }

    /** Nobody. */
    public static ServiceManager none() {
        return new ServiceManager(Optional.empty(), Map.of());
    }

    /** Whether there is one. */
    public boolean present() {
        return socket.isPresent();
    }

    /** Whether it may keep descriptors; one that is too old to say so might. */
    public boolean keeps() {
        return present() && !"0".equals(environment.get("FDSTORE"));
    }

    /** How often it wants to hear {@link #alive} from this process; empty: never. */
    public Optional<Duration> watchdog() {
        String own = Long.toString(ProcessHandle.current().pid());
        if (!present() || !environment.getOrDefault("WATCHDOG_PID", own).equals(own)) {
            return Optional.empty();
        }
        try {
            long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
            return micros > 0 ? Optional.of(Duration.ofNanos(micros * 1000)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The service does what it is for. */
    public boolean ready() {
        return say("READY=1", List.of());
    }

    /**
     * The service reads its configuration again; {@link #ready} says that it has.
     *
     * @param monotonicNanos the kernel's monotonic clock, which {@code Ticker.system()} reads
     */
    public boolean reloading(long monotonicNanos) {
        return say("RELOADING=1\nMONOTONIC_USEC=" + monotonicNanos / 1000, List.of());
    }

    /** The service is about to end. */
    public boolean stopping() {
        return say("STOPPING=1", List.of());
    }

    /** What the service does, for people. */
    public boolean status(String text) {
        return say("STATUS=" + text.replace('\n', ' '), List.of());
    }

    /** The service is not stuck. */
    public boolean alive() {
        return say("WATCHDOG=1", List.of());
    }

    /** Asks it to keep a descriptor, which stays open here, until the service ends for good. */
    public boolean keep(String name, int descriptor) {
        requireName(name);
        return say("FDSTORE=1\nFDNAME=" + name + "\nFDPOLL=0", List.of(descriptor));
    }

    /** Asks it to close what it keeps by that name. */
    public boolean forget(String name) {
        requireName(name);
        return say("FDSTOREREMOVE=1\nFDNAME=" + name, List.of());
    }

    /** Waits until it has done all that was said; false if it took too long. */
    public boolean await(Duration longest) {
        if (!present()) {
            return false;
        }
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket here = pair.getFirst()) {
            try (UnixSocket there = pair.getLast()) {
                if (!say("BARRIER=1", List.of(there.descriptor()))) {
                    return false;
                }
            }
            here.patience(longest);
            return here.receive(new byte[1], 0, 1).length() == 0;
        }
    }

    private boolean say(String lines, List<Integer> descriptors) {
        if (socket.isEmpty()) {
            return false;
        }
        try (UnixSocket to = UnixSocket.datagramsTo(socket.get())) {
            to.patience(PATIENCE);
            byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
            return to.send(bytes, 0, bytes.length, descriptors) == bytes.length;
        } catch (WireException e) {
            return false;
        }
    }

    private static void requireName(String name) {
        boolean fits = !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && name.chars().allMatch(c -> c > ' ' && c < 127 && c != ':');
        if (!fits) {
            throw new WireException(ErrorCode.INTERNAL, "no descriptor can be kept as '" + name + "'", "");
        }
    }
}
