package io.virtualwire.authority;

import io.virtualwire.audit.AuditTrail;
import io.virtualwire.authority.RegisterFile.Change;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.AuthorityFolder;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.Succession.Stage;
import io.virtualwire.identity.TenantAuthority;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts another authority in the place of a tenant's. Where it has got to stands in the register, so that it can be gone on with wherever
 * it was cut short; the stages are those of {@link io.virtualwire.identity.Succession}.
 */
public final class Rotation {
    private final String tenant;
    private final AuthorityFolder folder;
    private final Authorities authorities;
    private final RegisterFile file;
    private final InstantSource clock;
    private final AuditTrail trail;

    Rotation(
            String tenant,
            AuthorityFolder folder,
            Authorities authorities,
            RegisterFile file,
            InstantSource clock,
            AuditTrail trail) {
        this.tenant = tenant;
        this.folder = folder;
        this.authorities = authorities;
        this.file = file;
        this.clock = clock;
        this.trail = trail;
    }

    /** How far the last one has come; empty if there never was one. */
    public Optional<RotationStatus> status() {
        Register register = file.read();
        return register.rotation()
                .map(it -> new RotationStatus(
                        it.stage(),
                        it.since(),
                        Fingerprint.of(Authorities.certificate(it.former())),
                        Fingerprint.of(Authorities.certificate(it.next())),
                        List.copyOf(waiting(register, it))));
    }

    /** The certificate of the one before. */
    public Optional<X509Certificate> former() {
        return file.read().rotation().map(it -> Authorities.certificate(it.former()));
    }

    /** What daemons are to hear, in that order. */
    public List<RevocationList> lists() {
        return Authorities.lists(file.read());
    }

    /** Makes the other authority, and says that it is to be believed; nothing if that was said already. */
    public void announce() {
        Optional<RotationRecord> last = file.read().rotation();
        if (last.filter(it -> !it.isOver()).isPresent()) {
            return;
        }
        last.ifPresent(this::tidy);
        noted("announce", register -> {
            if (register.rotation().filter(it -> !it.isOver()).isPresent()) {
                // Another command was quicker.
                return new Change<>(register, true);
            }
            Instant now = clock.instant();
            TenantAuthority next = folder.successor();
            RotationRecord begun = new RotationRecord(
                    Stage.ANNOUNCED,
                    now,
                    TenantAuthority.pem(folder.present().certificate()),
                    TenantAuthority.pem(next.certificate()),
                    Optional.empty());
            return new Change<>(authorities.listed(register.with(begun), now), true);
        });
    }

    /** From now on the other one issues; nothing if it does. */
    public void issue() {
        RotationRecord rotation = present();
        if (rotation.stage() == Stage.ANNOUNCED) {
            noted("issue", register -> {
                Instant now = clock.instant();
                RotationRecord issues = register.rotation().orElseThrow().at(Stage.ISSUES, now);
                return new Change<>(authorities.listed(register.with(issues), now), true);
            });
        }
        // The register says which one issues, so a half of this is no harm.
        promote(rotation);
    }

    /**
     * The one before is believed no more, and its key is no more.
     *
     * @param anyway also if there are members who have certificates of no other
     */
    public void retire(boolean anyway) {
        RotationRecord rotation = present();
        if (rotation.stage() == Stage.ANNOUNCED) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot retire the authority of tenant " + tenant + ": its successor does not issue yet",
                    "go on with 'wire identity rotate-ca'");
        }
        if (!rotation.isOver()) {
            noted("retire", register -> {
                Set<String> waiting = waiting(register, rotation);
                if (!waiting.isEmpty() && !anyway) {
                    throw new WireException(
                            ErrorCode.WRONG_STATE,
                            "cannot retire the authority of tenant " + tenant + ": " + String.join(", ", waiting)
                                    + " would be believed no more",
                            "enrolled daemons get others by themselves as soon as they reach the authority's service; for those"
                                    + " with a file: wire identity issue NAME, and put it in the place of theirs. Or --force");
                }
                // Its tokens tell whom to believe, too.
                Register without = register.withTokens(register.tokens().stream()
                        .filter(token -> token.usedAt().isPresent())
                        .toList());
                return new Change<>(authorities.retired(without, clock.instant()), true);
            });
        }
        tidy(rotation);
    }

    private void tidy(RotationRecord over) {
        promote(over);
        folder.retire();
    }

    private void promote(RotationRecord rotation) {
        folder.promote(Authorities.certificate(rotation.former()), Authorities.certificate(rotation.next()));
    }

    private RotationRecord present() {
        return file.read()
                .rotation()
                .orElseThrow(() -> new WireException(
                        ErrorCode.WRONG_STATE,
                        "cannot retire the authority of tenant " + tenant + ": it has no successor",
                        "make one with 'wire identity rotate-ca'"));
    }

    private Set<String> waiting(Register register, RotationRecord rotation) {
        String next = Fingerprint.of(Authorities.certificate(rotation.next())).toString();
        Instant now = clock.instant();
        List<IssuedRecord> inForce = register.issued().stream()
                .filter(it -> it.revokedAt().isEmpty() && it.until().isAfter(now))
                .toList();
        Set<String> have = inForce.stream()
                .filter(it -> it.authority().equals(Optional.of(next)))
                .map(IssuedRecord::name)
                .collect(Collectors.toSet());
        Set<String> waiting = inForce.stream().map(IssuedRecord::name).collect(Collectors.toCollection(TreeSet::new));
        waiting.removeAll(have);
        return waiting;
    }

    private void noted(String step, Function<Register, Change<Boolean>> change) {
        try {
            file.change(change);
            trail.local("identity.rotate-ca", tenant + " " + step, null);
        } catch (RuntimeException e) {
            trail.local("identity.rotate-ca", tenant + " " + step, e);
            throw e;
        }
    }
}
