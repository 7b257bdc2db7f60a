package io.virtualwire.connector.succession;

import io.virtualwire.connector.succession.Parcel.Kind;
import io.virtualwire.connector.succession.Parcels.Greeting;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running connector's end: waits in its state folder for a successor of the same user, and hands everything over.
 *
 * <p>Until the successor has said TAKEN this connector can go on, and does if that does not come: the successor died, failed, or
 * was too slow. It cannot be said too late: before this one goes on, the socket refuses what has not been said yet, and a
 * successor that could not say it must not begin.
 */
public final class Succession implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Succession.class);
    static final String SOCKET = "succession.sock";
    private static final Duration PREPARING = Duration.ofMinutes(1);
    private static final Duration STANDING_STILL = Duration.ofSeconds(5);
    private static final Map<String, String> NOTHING = Map.of();

    /** What is handed over. */
    public interface Testator {

        /** Does all that can be done without standing still; {@code reader} looks at the estate as it is now. */
        default void rehearse(Consumer<Estate> reader) {}

        /** Stands still, lets {@code heir} decide, and has ended if that is true. Throws if it could not even stand still. */
        boolean bequeath(Heir heir);

        /** The socket at which the interface listens, for an heir that asks for it. */
        default Optional<Integer> listener() {
            return Optional.empty();
        }

        /** Everything was left to another process; ends what is still open. */
        void left(long successor);
    }

    /** Who may take it. */
    @FunctionalInterface
    public interface Heir {
        /**
         * @param descriptors of the socket and of the estate's devices
         * @return whether it belongs to the heir now
         */
        boolean take(Estate estate, List<Integer> descriptors);
    }

    private final UnixSocket door;
    private final Path path;
    private final String release;
    private final Testator testator;
    private final Progress progress;
    private final Thread thread;
    private volatile boolean closed;

    private Succession(UnixSocket door, Path path, String release, Testator testator, Progress progress) {
        this.door = door;
        this.path = path;
        this.release = release;
        this.testator = testator;
        this.progress = progress;
        this.thread = Thread.ofPlatform().name("connector-succession").daemon().unstarted(this::await);
    }

    /** Begins to wait; the state folder's journal must be held. */
    public static Succession open(Path stateFolder, String release, Testator testator, Progress progress) {
        Path path = stateFolder.toAbsolutePath().resolve(SOCKET);
        try {
            // Whoever holds the journal is the connector; a socket that is there belongs to nobody any more.
            Files.deleteIfExists(path);
            UnixSocket door = UnixSocket.listen(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            Succession succession = new Succession(door, path, release, testator, progress);
            succession.thread.start();
            return succession;
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot wait for a successor at " + path + ": " + e,
                    "see that the state folder is this user's",
                    e);
        }
    }

    /** Waits no more. */
    @Override
    public void close() {
        closed = true;
        door.shutdown();
        if (Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            door.close();
        }
    }

    private void await() {
        while (!closed) {
            try (UnixSocket visitor = door.accept()) {
                if (receive(visitor)) {
                    return;
                }
            } catch (WireException e) {
                if (!closed) {
                    log.warn("no successor: {}", e.getMessage());
                }
            }
        }
        forget();
    }

    /** Whether the visitor is the connector now. */
    private boolean receive(UnixSocket visitor) {
        UnixSocket.Peer who = visitor.peer();
        Parcels parcels = new Parcels(visitor);
        parcels.patience(PREPARING);
        try {
            requireSameUser(who);
            Greeting theirs = parcels.decode(parcels.receive(Kind.GREETING), Greeting.class);
            parcels.agree(theirs);
            parcels.send(Kind.GREETING, Greeting.of(release));
            parcels.receive(Kind.READY);
            progress.reached(Stage.ASKED);
            log.info("process {} asks to take over", who.pid());
            testator.rehearse(estate -> Arrays.fill(parcels.encode(estate), (byte) 0));
            parcels.patience(STANDING_STILL);
            if (testator.bequeath((estate, descriptors) -> offer(visitor, parcels, estate, descriptors))) {
                progress.reached(Stage.LEFT);
                closed = true;
                if (theirs.wants(Parcels.LISTENER)) {
                    leaveListener(parcels);
                }
                testator.left(who.pid());
                return true;
            }
        } catch (WireException e) {
            parcels.refuse(e);
            log.warn("process {} did not take over, this one goes on: {}", who.pid(), e.getMessage());
        } catch (RuntimeException e) {
            // A defect must not keep the next release from coming.
            parcels.refuse(new WireException(ErrorCode.INTERNAL, "cannot hand over: " + e, "see its log", e));
            log.error("process {} did not take over, this one goes on", who.pid(), e);
        }
        return false;
    }

    /** It has all that matters already, so that nothing hangs on this. */
    private void leaveListener(Parcels parcels) {
        try {
            parcels.send(
                    Kind.DESCRIPTORS, NOTHING, testator.listener().map(List::of).orElse(List.of()));
        } catch (WireException e) {
            log.info("the interface's socket was not taken over: {}", e.getMessage());
        }
    }

    private static void requireSameUser(UnixSocket.Peer who) {
        if (who.uid() != UnixSocket.ownUid() && who.uid() != 0) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "cannot hand over to process " + who.pid() + " of user " + who.uid(),
                    "run it as user " + UnixSocket.ownUid());
        }
    }

    private boolean offer(UnixSocket visitor, Parcels parcels, Estate estate, List<Integer> descriptors) {
        progress.reached(Stage.STANDING_STILL);
        parcels.requireSayable(estate);
        try {
            for (int at = 0; at < descriptors.size(); at += UnixSocket.MOST_DESCRIPTORS) {
                int end = Math.min(descriptors.size(), at + UnixSocket.MOST_DESCRIPTORS);
                parcels.send(Kind.DESCRIPTORS, NOTHING, descriptors.subList(at, end));
            }
            parcels.send(Kind.ESTATE, estate);
            progress.reached(Stage.OFFERED);
            parcels.receive(Kind.TAKEN);
            return true;
        } catch (WireException e) {
            visitor.refuseMore();
            if (wasSaidAfterAll(parcels)) {
                return true;
            }
            log.warn("the successor did not take over, this connector goes on: {}", e.getMessage());
            return false;
        }
    }

    /** Nothing more can be said; what was said just before counts. */
    private static boolean wasSaidAfterAll(Parcels parcels) {
        try {
            parcels.receive(Kind.TAKEN);
            return true;
        } catch (WireException e) {
            return false;
        }
    }

    private void forget() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.debug("{} stays", path, e);
        }
    }
}
