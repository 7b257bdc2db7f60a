package io.virtualwire.connector.succession;

import io.virtualwire.connector.succession.Parcel.Kind;
import io.virtualwire.connector.succession.Parcels.Greeting;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.UnixSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The successor's end: the connector that runs on a state folder now, and what it leaves. */
public final class Predecessor implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration DEATH = Duration.ofSeconds(5);
    private static final Map<String, String> NOTHING = Map.of();

    private final UnixSocket socket;
    private final Parcels parcels;
    private final String release;
    private final long pid;
    private final List<Integer> descriptors = new ArrayList<>();

    private Predecessor(UnixSocket socket, Parcels parcels, String release) {
        this.socket = socket;
        this.parcels = parcels;
        this.release = release;
        this.pid = socket.peer().pid();
    }

    /** Whoever waits for a successor there; empty if nobody does. Throws if no version is common to both. */
    public static Optional<Predecessor> find(Path stateFolder, String ownRelease) {
        Path path = stateFolder.toAbsolutePath().resolve(Succession.SOCKET);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        UnixSocket socket;
        try {
            socket = UnixSocket.connect(path);
        } catch (WireException nobodyThere) {
            return Optional.empty();
        }
        try {
            Parcels parcels = new Parcels(socket);
            parcels.patience(PATIENCE);
            parcels.send(
                    Kind.GREETING,
                    new Greeting(Parcels.LOWEST, Parcels.HIGHEST, ownRelease, List.of(Parcels.LISTENER)));
            Greeting theirs = parcels.decode(parcels.receive(Kind.GREETING), Greeting.class);
            parcels.agree(theirs);
            return Optional.of(new Predecessor(socket, parcels, theirs.release()));
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The release that it is of. */
    public String release() {
        return release;
    }

    /** Its process. */
    public long pid() {
        return pid;
    }

    /** Asks it to stand still and to hand over; from now on every moment counts. */
    public Estate standStill() {
        parcels.send(Kind.READY, NOTHING);
        while (true) {
            Parcel parcel = parcels.receive(Kind.DESCRIPTORS, Kind.ESTATE);
            descriptors.addAll(parcel.descriptors());
            if (parcel.kind() == Kind.ESTATE) {
                return parcels.decode(parcel, Estate.class);
            }
        }
    }

    /** Of the socket and of the estate's devices; who takes one closes it. */
    public List<Integer> descriptors() {
        return descriptors;
    }

    /** Says that this process is the connector now; throws if it must not be, because the other one goes on or has died. */
    public void take() {
        parcels.send(Kind.TAKEN, NOTHING);
    }

    /** Says that it came to nothing: the other one goes on. */
    public void refuse(WireException why) {
        parcels.refuse(why);
        descriptors.forEach(UnixSocket::closeDescriptor);
        socket.close();
    }

    /** The socket at which the other one's interface listens, after {@link #take}; empty if an earlier release keeps it. */
    public Optional<Integer> listener() {
        try {
            List<Integer> received = parcels.receive(Kind.DESCRIPTORS).descriptors();
            return received.stream().findFirst();
        } catch (WireException ended) {
            return Optional.empty();
        }
    }

    /** Waits until the other one has let go of its ports, or for as long as it may take. */
    public void awaitEnd() {
        try {
            parcels.receive(Kind.READY);
        } catch (WireException ended) {
            return;
        }
    }

    /**
     * Waits until its process is no more, or for as long as that may take: one that dies closes what it has one after the other,
     * and its end of this connection before its ports.
     */
    public void awaitDeath() {
        Death.await(pid, DEATH);
    }

    @Override
    public void close() {
        socket.close();
    }
}
