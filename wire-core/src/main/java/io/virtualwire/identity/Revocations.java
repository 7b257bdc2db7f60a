package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The newest revocation list of every authority that is trusted, kept on disk.
 *
 * <p>A list is taken from whoever brings it, because its signature says whose it is; one with a lower number than the one that
 * is known is not. Safe for every thread.
 */
public final class Revocations {
    private static final int FINGERPRINT_DIGITS = 16;

    /** More than anybody trusts: successors of successors end somewhere, whatever lists say. */
    private static final int MOST_TRUSTED = 1024;

    private final @Nullable Path folder;
    private final Map<X509Certificate, RevocationList> lists = new ConcurrentHashMap<>();
    private final List<Consumer<RevocationList>> listeners = new CopyOnWriteArrayList<>();
    private volatile int version;

    private Revocations(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Lists that end with the process. */
    public static Revocations inMemory() {
        return new Revocations(null);
    }

    /** Lists that are kept in a folder, which is made when there is something to keep. */
    public static Revocations in(Path folder) {
        return new Revocations(folder);
    }

    /**
     * Takes a list, which is on disk when this returns.
     *
     * @return whether it is news
     * @throws WireException FORBIDDEN if none of these authorities signed it
     */
    public boolean offer(RevocationList list, List<X509Certificate> authorities) {
        X509Certificate authority = authorities.stream()
                .filter(list::isSignedBy)
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.FORBIDDEN,
                        "cannot take revocation list " + list.number()
                                + ": no authority that is trusted here signed it",
                        "send the list of a tenant that is served here"));
        synchronized (this) {
            RevocationList known = lists.get(authority);
            // The last word of an authority is its last: who has its key later cannot call it back.
            if (known != null && (known.number() >= list.number() || isRetired(authority))) {
                return false;
            }
            if (folder != null) {
                new SecretFile(file(folder, authority)).write(list.pem());
            }
            lists.put(authority, list);
            version++;
        }
        listeners.forEach(listener -> listener.accept(list));
        return true;
    }

    /** The list of one authority, if any is known. */
    public Optional<RevocationList> of(X509Certificate authority) {
        return Optional.ofNullable(lists.get(authority));
    }

    /** Those of these tenants. */
    public List<RevocationList> of(List<String> tenants) {
        return lists.entrySet().stream()
                .filter(one -> tenants.contains(SubjectNames.of(one.getKey()).tenant()))
                .map(Map.Entry::getValue)
                // Who is to believe a successor's has to hear the predecessor's first.
                .sorted(Comparator.comparing(list -> list.succession().isEmpty()))
                .toList();
    }

    /** All that are known. */
    public List<RevocationList> all() {
        return List.copyOf(lists.values());
    }

    /** Tells {@code listener} of each new list, on the thread that brought it; the result ends that. */
    public Runnable onChange(Consumer<RevocationList> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Changes whenever a list does. */
    public int version() {
        return version;
    }

    /** These authorities, and those that took the place of any of them, by its own word. */
    public List<X509Certificate> trusted(List<X509Certificate> authorities) {
        List<X509Certificate> all = new ArrayList<>(new LinkedHashSet<>(authorities));
        for (int i = 0; i < all.size() && all.size() < MOST_TRUSTED; i++) {
            successor(all.get(i)).filter(it -> !all.contains(it)).ifPresent(all::add);
        }
        return List.copyOf(all);
    }

    /** Whether an authority has said that its successor is to be believed in its place. */
    public boolean isRetired(X509Certificate authority) {
        return stage(authority).filter(Succession.Stage.RETIRED::equals).isPresent();
    }

    /** Whether the authority that issued a certificate issues no more, because another has taken its place. */
    public boolean isSuperseded(X509Certificate certificate) {
        return lists.keySet().stream()
                .filter(authority -> stage(authority)
                        .filter(it -> it != Succession.Stage.ANNOUNCED)
                        .isPresent())
                .anyMatch(authority -> TenantAuthority.issued(authority, certificate));
    }

    /** Whether a certificate is believed no more, by itself or with the authority that issued it. */
    boolean isRevoked(X509Certificate certificate) {
        return isNamed(certificate) || isOfRetired(certificate);
    }

    boolean isNamed(X509Certificate certificate) {
        return lists.entrySet().stream()
                .anyMatch(one -> one.getValue().names(certificate.getSerialNumber())
                        && TenantAuthority.issued(one.getKey(), certificate));
    }

    boolean isOfRetired(X509Certificate certificate) {
        return lists.keySet().stream()
                .anyMatch(authority -> isRetired(authority) && TenantAuthority.issued(authority, certificate));
    }

    private Optional<Succession.Stage> stage(X509Certificate authority) {
        return Optional.ofNullable(lists.get(authority))
                .flatMap(RevocationList::succession)
                .map(Succession::stage);
    }

    /** An authority vouches for its own tenant only, and so does who takes its place. */
    private Optional<X509Certificate> successor(X509Certificate authority) {
        return Optional.ofNullable(lists.get(authority))
                .flatMap(RevocationList::succession)
                .map(Succession::successor)
                .filter(TenantAuthority::isAuthority)
                .filter(it -> SubjectNames.of(it)
                        .tenant()
                        .equals(SubjectNames.of(authority).tenant()));
    }

    /** Reads what is kept for these authorities; a file that cannot be read is told, never taken for an empty list. */
    synchronized void load(List<X509Certificate> authorities) {
        for (X509Certificate authority : authorities) {
            load(authority);
        }
        List<X509Certificate> trusted = trusted(authorities);
        if (trusted.size() > authorities.size()) {
            load(trusted);
        }
    }

    private void load(X509Certificate authority) {
        if (folder == null || lists.containsKey(authority) || !Files.exists(file(folder, authority))) {
            return;
        }
        Path file = file(folder, authority);
        RevocationList kept = RevocationList.parse(file.toString(), new SecretFile(file).read());
        if (!kept.isSignedBy(authority)) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot believe the revocation list in " + file + ": its signature is wrong",
                    "delete the file and let the tenant send its list again");
        }
        lists.put(authority, kept);
        version++;
    }

    private static Path file(Path folder, X509Certificate authority) {
        String fingerprint = Fingerprint.of(authority).toString().substring(0, FINGERPRINT_DIGITS);
        return folder.resolve(SubjectNames.of(authority).tenant() + "-" + fingerprint + ".crl");
    }
}
