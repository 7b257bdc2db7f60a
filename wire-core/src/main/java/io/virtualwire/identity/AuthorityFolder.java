package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

/**
 * Where a tenant's authority is kept, and while another takes its place that one, too.
 *
 * <pre>
 *   tenant/ca.{key,crt}          issues
 *   tenant/next/ca.{key,crt}     will issue
 *   tenant/former/ca.{key,crt}   did; its key goes when it is retired
 * </pre>
 *
 * <p>Every step may be taken again after it was cut short. A certificate is written after its key and goes before it, so that where there
 * is one there is the other; but {@code ca.*} itself may be half of one and half of the other for a moment, so it is looked at last.
 */
public final class AuthorityFolder {
    private static final String KEY = "ca.key";
    private static final String CERTIFICATE = "ca.crt";

    private final Path folder;
    private final Path next;
    private final Path former;
    private final InstantSource clock;
    private final Runnable step;

    public AuthorityFolder(Path folder, InstantSource clock) {
        this(folder, clock, () -> {});
    }

    /** @param step run before each change of what is there */
    public AuthorityFolder(Path folder, InstantSource clock, Runnable step) {
        this.step = step;
        this.folder = folder;
        this.next = folder.resolve("next");
        this.former = folder.resolve("former");
        this.clock = clock;
    }

    /** The authority that issues while nothing is said of another. */
    public TenantAuthority present() {
        return TenantAuthority.load(folder, clock);
    }

    /** The authority that has that certificate. */
    public TenantAuthority of(X509Certificate certificate) {
        for (Path place : List.of(former, next, folder)) {
            if (holds(place, certificate) && Files.exists(place.resolve(KEY))) {
                return TenantAuthority.load(place, clock);
            }
        }
        throw new WireException(
                ErrorCode.NOT_FOUND,
                "cannot find the key of authority " + Fingerprint.of(certificate) + " in " + folder,
                "restore the folder from a backup");
    }

    /** The one that is to take the place of the present one; made if there is none yet. */
    public TenantAuthority successor() {
        if (!Files.exists(next.resolve(CERTIFICATE))) {
            delete(next.resolve(KEY));
            step.run();
            TenantAuthority.create(present().tenant(), clock).save(next);
        }
        return TenantAuthority.load(next, clock);
    }

    /** Puts the successor in the place of the one before. */
    public void promote(X509Certificate before, X509Certificate successor) {
        if (!holds(folder, successor)) {
            if (!holds(former, before)) {
                delete(former.resolve(CERTIFICATE));
                copy(folder, former);
            }
            copy(next, folder);
        }
        if (holds(next, successor)) {
            delete(next.resolve(CERTIFICATE));
        }
        delete(next.resolve(KEY));
    }

    /** Forgets the key of the one before. */
    public void retire() {
        delete(former.resolve(KEY));
    }

    private static boolean holds(Path place, X509Certificate certificate) {
        Path file = place.resolve(CERTIFICATE);
        return Files.exists(file) && TenantAuthority.loadCertificate(file).equals(certificate);
    }

    private void copy(Path from, Path to) {
        for (String file : List.of(KEY, CERTIFICATE)) {
            step.run();
            new SecretFile(to.resolve(file)).write(new SecretFile(from.resolve(file)).read());
        }
    }

    private void delete(Path file) {
        try {
            step.run();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot delete " + file + ": " + IoReason.of(e),
                    "run as the user who owns the folder",
                    e);
        }
    }
}
