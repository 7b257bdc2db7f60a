package io.virtualwire.enrolment;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which a daemon's credentials are: written when they are renewed or another authority is to be believed, and read again when
 * somebody has put others there. One thread.
 */
final class KeptCredentials {
    private static final Logger LOG = LoggerFactory.getLogger(KeptCredentials.class);

    private final OwnIdentity self;
    private final Path file;
    private FileTime seen;
    private int judged;

    KeptCredentials(OwnIdentity self, Path file) {
        this.self = self;
        this.file = file;
        this.seen = time();
        this.judged = -1;
    }

    /** Uses these, and writes them; of the authorities those that the file has, since others were trusted for the sake of the configuration. */
    void keep(Credentials next) {
        try {
            FileTime before = time();
            replace(
                    before,
                    new Credentials(
                            next.key(),
                            next.certificate(),
                            current(Credentials.load(file).authorities())));
        } catch (WireException e) {
            // The old file may still do for a renewal after a restart; the new credentials do for now.
            LOG.error("cannot keep the credentials of {}: {}", self.identity(), IdentityKeeper.reason(e));
        }
        self.renew(next);
    }

    /** Looks whether somebody has put others there, or a list has changed whom to believe. */
    void review() {
        if (!time().equals(seen)) {
            seen = time();
            readAgain();
        }
        int version = self.revocations().version();
        if (version != judged) {
            judged = version;
            writeAuthorities();
        }
    }

    private void readAgain() {
        try {
            Credentials there = Credentials.load(file);
            if (there.certificate().equals(self.credentials().certificate())) {
                return;
            }
            LinkedHashSet<X509Certificate> authorities = new LinkedHashSet<>(there.authorities());
            authorities.addAll(self.credentials().authorities());
            self.renew(new Credentials(there.key(), there.certificate(), List.copyOf(authorities)));
            LOG.info("uses the credentials of {} that were put into {}", self.identity(), file);
        } catch (WireException e) {
            LOG.warn("cannot use what was put into {}; going on as before: {}", file, IdentityKeeper.reason(e));
        }
    }

    /** So that after a restart it is known whom to believe, even if no list is kept any more. */
    private void writeAuthorities() {
        try {
            FileTime before = time();
            Credentials there = Credentials.load(file);
            List<X509Certificate> now = current(there.authorities());
            if (!now.equals(there.authorities())) {
                replace(before, new Credentials(there.key(), there.certificate(), now));
                LOG.info("the authorities in {} are {} now", file, now.size());
            }
        } catch (WireException e) {
            LOG.error("cannot write whom {} believes: {}", self.identity(), IdentityKeeper.reason(e));
        }
    }

    /** Writes the file, unless somebody has put others there since; then those are looked at next. */
    private void replace(FileTime before, Credentials by) {
        Path draft = file.resolveSibling("." + file.getFileName() + ".next");
        by.save(draft);
        try {
            if (time().equals(before)) {
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
                seen = time();
            } else {
                Files.delete(draft);
                judged = -1;
            }
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot write " + file + ": " + IoReason.of(e),
                    "check that the folder is writable by this user and that the disk is not full",
                    e);
        }
    }

    /** With successors, without those that are retired, but for the last one: there have to be some. */
    private List<X509Certificate> current(List<X509Certificate> authorities) {
        List<X509Certificate> all = new ArrayList<>(self.revocations().trusted(authorities));
        all.removeIf(self.revocations()::isRetired);
        return all.isEmpty() ? authorities : all;
    }

    private FileTime time() {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException absent) {
            return FileTime.fromMillis(0);
        }
    }
}
