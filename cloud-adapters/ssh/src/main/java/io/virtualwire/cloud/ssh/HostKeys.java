package io.virtualwire.cloud.ssh;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;

/** Whether a host is the one that it was: its key is in one of the files, or may be noted now. */
final class HostKeys implements ServerKeyVerifier {
    /** Why a host was not believed. */
    enum Refusal {
        NONE,
        UNKNOWN,
        CHANGED
    }

    private final SshAccess access;
    private final AtomicReference<Refusal> refusal = new AtomicReference<>(Refusal.NONE);
    private final AtomicReference<String> shown = new AtomicReference<>("");

    HostKeys(SshAccess access) {
        this.access = access;
    }

    Refusal refusal() {
        return refusal.get();
    }

    /** The fingerprint of the key that the host showed. */
    String shown() {
        return shown.get();
    }

    /** The types of key that are known of a host: it is asked for one of those, or it would seem to have changed. */
    Set<String> knownTypes(SshTarget target) {
        return Stream.concat(Stream.of(access.knownHosts()), access.alsoKnown().stream())
                .filter(Files::isReadable)
                .flatMap(HostKeys::entries)
                .filter(entry -> entry.isHostMatch(target.address(), target.port()) && entry.getKeyEntry() != null)
                .map(entry -> entry.getKeyEntry().getKeyType())
                .collect(Collectors.toSet());
    }

    private static Stream<KnownHostEntry> entries(Path file) {
        try {
            return KnownHostEntry.readKnownHostEntries(file).stream();
        } catch (IOException | RuntimeException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read the keys of hosts in " + file + ": " + e.getMessage(),
                    "mend it",
                    e);
        }
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
        shown.set(KeyUtils.getFingerPrint(key));
        ServerKeyVerifier chain = (of, at, unknown) -> {
            refusal.compareAndSet(Refusal.NONE, access.acceptNew() ? Refusal.NONE : Refusal.UNKNOWN);
            return access.acceptNew();
        };
        for (Path file : access.alsoKnown()) {
            if (Files.isReadable(file)) {
                chain = new Known(chain, file, false);
            }
        }
        // Last, so asked first: what is believed for any reason is noted there.
        return new Known(chain, access.knownHosts(), true).verifyServerKey(session, address, key);
    }

    private final class Known extends KnownHostsServerKeyVerifier {
        private final boolean writable;

        Known(ServerKeyVerifier otherwise, Path file, boolean writable) {
            super(otherwise, file);
            this.writable = writable;
        }

        @Override
        protected KnownHostEntry updateKnownHostsFile(
                ClientSession session, SocketAddress address, PublicKey key, Path file, Collection<HostEntryPair> known)
                throws Exception {
            if (!writable) {
                return new KnownHostEntry();
            }
            // A cloud that was only added has no folder yet.
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            return super.updateKnownHostsFile(session, address, key, file, known);
        }

        @Override
        public boolean acceptModifiedServerKey(
                ClientSession session,
                SocketAddress address,
                KnownHostEntry entry,
                PublicKey expected,
                PublicKey actual) {
            refusal.set(Refusal.CHANGED);
            return false;
        }
    }
}
