package io.virtualwire.authority;

import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.authority.RegisterFile.Change;
import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.RevocationsAnswer;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.identity.AuthorityFolder;
import io.virtualwire.identity.CertificateRequest;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets people and daemons into a tenant and out of it. Whatever it says is on disk before it says so, so that an answer that
 * was lost can be given again.
 *
 * <pre>
 *   token:  UNUSED ──enrol──▶ USED (by one key, which may ask again)
 *              └── its time ──▶ EXPIRED
 * </pre>
 */
public final class Registrar {
    /** How long a token may be used unless told otherwise. */
    public static final Duration DEFAULT_TOKEN_LIFE = Duration.ofHours(1);

    /** How long the certificates of enrolled daemons hold unless told otherwise. */
    public static final Duration DEFAULT_LIFE = Duration.ofHours(24);

    private static final String AUDIT = "audit.jsonl";
    private static final int SECRET_BYTES = 24;
    private static final int ID_DIGITS = 8;

    private final String tenant;
    private final Authorities authorities;
    private final Rotation rotation;
    private final RegisterFile file;
    private final InstantSource clock;
    private final AuditTrail trail;
    private final RandomGenerator random;

    private Registrar(
            AuthorityFolder folder, RegisterFile file, InstantSource clock, AuditTrail trail, RandomGenerator random) {
        this.tenant = folder.present().tenant();
        this.authorities = new Authorities(folder);
        this.rotation = new Rotation(tenant, folder, authorities, file, clock, trail);
        this.file = file;
        this.clock = clock;
        this.trail = trail;
        this.random = random;
    }

    /** The registrar of the authority in this home. */
    public static Registrar of(WireHome home, InstantSource clock) {
        return of(home, clock, new SecureRandom());
    }

    /** @param random what secrets are made of */
    static Registrar of(WireHome home, InstantSource clock, RandomGenerator random) {
        return of(home, new AuthorityFolder(home.tenantFolder(), clock), clock, random);
    }

    static Registrar of(WireHome home, AuthorityFolder folder, InstantSource clock, RandomGenerator random) {
        AuditFile audit = new AuditFile(home.tenantFolder().resolve(AUDIT));
        return new Registrar(
                folder, new RegisterFile(home.tenantFolder()), clock, new AuditTrail(audit, clock), random);
    }

    /** The tenant whose members these are. */
    public String tenant() {
        return tenant;
    }

    /** All authorities of the tenant that are believed, the one that issues first. */
    public List<X509Certificate> authorities() {
        return authorities.believed(file.read());
    }

    /** How another authority takes the place of this one. */
    public Rotation rotation() {
        return rotation;
    }

    /** Credentials for the service; nobody else gets its name. */
    Credentials ownCredentials(Duration life) {
        Register register = file.read();
        Credentials own = authorities.serving(register).issueOwn(life);
        for (X509Certificate other : authorities.believed(register)) {
            own = own.trusting(other);
        }
        return own;
    }

    /** Differs whenever the service is to show other credentials. */
    Object standing() {
        Register register = file.read();
        return List.of(authorities.serving(register).certificate(), authorities.believed(register));
    }

    /** Where its service can be asked, if that was ever said. */
    public Optional<HostAddress> service() {
        return file.read().service().map(it -> HostAddress.parse(it, 0));
    }

    /** From now on certificates and tokens say that the service is there. */
    public void serveAt(HostAddress service) {
        file.change(register -> new Change<>(register.at(service.toString()), true));
    }

    /** Makes credentials here, key and all, for a file that is carried to where it is used. */
    public Credentials issue(String name, Duration life) {
        requireName(name);
        return local(
                "identity.issue",
                name,
                () -> file.change(register -> {
                    Credentials issued = authorities.issuing(register).issue(name, life, register.listAddress());
                    for (X509Certificate other : authorities.believed(register)) {
                        issued = issued.trusting(other);
                    }
                    return new Change<>(authorities.noted(register, name, issued.certificate()), issued);
                }));
    }

    /** Makes a token that turns one daemon into the member {@code name}. */
    public EnrolmentToken createToken(String name, Duration life, HostAddress service) {
        requireName(name);
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String digest = Fingerprint.of(secret).toString();
        Instant now = clock.instant();
        TokenRecord made = new TokenRecord(
                digest.substring(0, ID_DIGITS),
                digest,
                name,
                now,
                now.plus(life),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        EnrolmentToken token = new EnrolmentToken(
                new Identity(tenant(), name),
                service,
                Fingerprint.of(authorities.serving(file.read()).certificate()),
                secret);
        return local(
                "token.create",
                name,
                () -> file.change(register -> new Change<>(register.pruned(now).with(made), token)));
    }

    /** All tokens that are remembered. */
    public List<TokenStatus> tokens() {
        Instant now = clock.instant();
        return file.read().tokens().stream()
                .map(token -> TokenStatus.of(token, now))
                .toList();
    }

    /** Forgets the tokens of that id or name; who used one stays a member. Returns how many there were. */
    public int removeTokens(String idOrName) {
        return local(
                "token.remove",
                idOrName,
                () -> file.change(register -> {
                    List<TokenRecord> left = new ArrayList<>(register.tokens());
                    left.removeIf(
                            token -> token.id().equals(idOrName) || token.name().equals(idOrName));
                    return new Change<>(
                            register.withTokens(left), register.tokens().size() - left.size());
                }));
    }

    /**
     * Makes whoever holds a token's secret the member that the token names: once, or again for the same key.
     *
     * @param from the address of who asks, for the audit log
     */
    public CertificateAnswer enrol(String secret, String pem, Duration life, String from) {
        return enrol(secret, pem, life, from, Set.of());
    }

    /**
     * The same, with a certificate that says at which addresses the member is.
     *
     * @param from the address of who asks, for the audit log
     * @param addresses of whoever it is, as the caller knows them
     */
    public CertificateAnswer enrol(String secret, String pem, Duration life, String from, Set<InetAddress> addresses) {
        String digest = Fingerprint.of(secret).toString();
        // Who has no token at all is not noted: anybody could fill the log.
        Optional<Identity> holder = file.read().tokens().stream()
                .filter(it -> it.digest().equals(digest))
                .map(it -> new Identity(tenant(), it.name()))
                .findFirst();
        return noting(
                () -> admit(digest, pem, life, addresses),
                failure -> holder.ifPresent(member -> asked(member, from, "enrol", failure)));
    }

    private CertificateAnswer admit(String digest, String pem, Duration life, Set<InetAddress> addresses) {
        Instant now = clock.instant();
        return file.change(register -> {
            TokenRecord token = register.tokens().stream()
                    .filter(it -> it.digest().equals(digest))
                    .findFirst()
                    .orElseThrow(() -> refused(
                            ErrorCode.UNAUTHENTICATED, "the authority of tenant " + tenant() + " knows no such token"));
            CertificateRequest request = CertificateRequest.parse(pem);
            Identity member = new Identity(tenant(), token.name());
            if (!request.identity().equals(member)) {
                throw refused(ErrorCode.FORBIDDEN, "the token is for " + member + ", not for " + request.identity());
            }
            String key = request.keyFingerprint().toString();
            if (token.usedAt().isPresent()) {
                return new Change<>(register, again(register, token, key));
            }
            if (now.isAfter(token.expiresAt())) {
                throw refused(ErrorCode.UNAUTHENTICATED, "the token for " + member + " expired " + token.expiresAt());
            }
            X509Certificate made = authorities
                    .issuing(register)
                    .certify(member, request.key(), life, register.listAddress(), addresses);
            Register after = authorities
                    .noted(register, token.name(), made)
                    .with(token.used(now, key, TenantAuthority.pem(made)));
            return new Change<>(after, authorities.answer(register, made));
        });
    }

    /**
     * Gives the member that shows this certificate the next one.
     *
     * @param from the address of who asks, for the audit log
     */
    public CertificateAnswer renew(X509Certificate shown, Identity member, String pem, Duration life, String from) {
        return noting(() -> next(shown, member, pem, life), failure -> asked(member, from, "renew", failure));
    }

    private CertificateAnswer next(X509Certificate shown, Identity member, String pem, Duration life) {
        return file.change(register -> {
            if (register.hasRevoked(shown) || authorities.isOfRetired(register, shown)) {
                throw refused(ErrorCode.FORBIDDEN, "the certificate of " + member + " was revoked");
            }
            CertificateRequest request = CertificateRequest.parse(pem);
            if (!request.identity().equals(member)) {
                throw refused(ErrorCode.FORBIDDEN, member + " asks to become " + request.identity());
            }
            if (member.name().equals(TenantAuthority.SERVICE)) {
                throw refused(ErrorCode.FORBIDDEN, "the service renews its own certificate");
            }
            X509Certificate made =
                    authorities.issuing(register).certify(member, request.key(), life, register.listAddress());
            // What it shows may be from after the backup that the register was restored from.
            Register known = register.knows(shown) ? register : authorities.noted(register, member.name(), shown);
            return new Change<>(
                    authorities.noted(known.pruned(clock.instant()), member.name(), made),
                    authorities.answer(register, made));
        });
    }

    /** Takes back every certificate of that name that was issued until now. */
    public Revoked revoke(String name) {
        return local("identity.revoke", name, () -> takeBack(name));
    }

    private Revoked takeBack(String name) {
        Identity identity = new Identity(tenant(), name);
        Instant now = clock.instant();
        return file.change(before -> {
            List<IssuedRecord> taken = before.issued().stream()
                    .filter(it -> it.name().equals(name) && it.revokedAt().isEmpty())
                    .toList();
            if (taken.isEmpty()) {
                throw new WireException(
                        ErrorCode.NOT_FOUND,
                        "cannot revoke " + identity + ": no certificate of that name is in force",
                        "see 'wire identity ls --issued'");
            }
            Register after = before.pruned(now)
                    .mapIssued(it -> it.name().equals(name) ? it.revoked(now) : it)
                    .withTokens(before.tokens().stream()
                            .filter(it -> !it.name().equals(name) || it.usedAt().isPresent())
                            .toList());
            Register listed = authorities.listed(after, now);
            return new Change<>(listed, new Revoked(identity, taken.size(), Authorities.lists(listed)));
        });
    }

    /** All certificates that are in force or may be renewed. */
    public List<MemberStatus> members() {
        return file.read().issued().stream()
                .map(it -> new MemberStatus(new Identity(tenant(), it.name()), it.serial(), it.until(), it.revokedAt()))
                .toList();
    }

    /** Enters certificates that were made without the register; those that it knows are passed over. */
    public void note(List<Credentials> known) {
        file.change(before -> {
            Register after = before;
            for (Credentials one : known) {
                if (one.identity().tenant().equals(tenant()) && !after.knows(one.certificate())) {
                    after = authorities.noted(after, one.identity().name(), one.certificate());
                }
            }
            return new Change<>(after, true);
        });
    }

    /** The newest lists with their number; 0 if there never was one. */
    RevocationsAnswer newestList() {
        Register register = file.read();
        List<String> lists = Authorities.pems(register);
        return new RevocationsAnswer(
                register.listNumber(),
                lists.stream().findFirst(),
                lists.stream().skip(1).toList());
    }

    /** Differs whenever the register does. */
    Object version() {
        return file.version();
    }

    private <T> T local(String operation, String name, Supplier<T> work) {
        return noting(work, failure -> trail.local(operation, tenant() + "/" + name, failure));
    }

    private void asked(Identity member, String from, String operation, @Nullable RuntimeException failure) {
        trail.asked(member, from, operation, member.toString(), Optional.empty(), failure);
    }

    private static <T> T noting(Supplier<T> work, Consumer<@Nullable RuntimeException> note) {
        try {
            T done = work.get();
            note.accept(null);
            return done;
        } catch (RuntimeException e) {
            note.accept(e);
            throw e;
        }
    }

    private CertificateAnswer again(Register register, TokenRecord token, String key) {
        if (!token.key().equals(Optional.of(key))) {
            throw refused(
                    ErrorCode.FORBIDDEN,
                    "the token for " + token.name() + " was used at "
                            + token.usedAt().orElseThrow() + ", by somebody with another key");
        }
        X509Certificate made =
                TenantAuthority.parseMember("the register", token.certificate().orElseThrow());
        if (register.hasRevoked(made)) {
            throw refused(ErrorCode.FORBIDDEN, "what the token for " + token.name() + " gave was revoked");
        }
        return authorities.answer(register, made);
    }

    private void requireName(String name) {
        NodeNames.require(name);
        if (new Identity(tenant(), name).name().equals(TenantAuthority.SERVICE)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot make a member called " + name + ": that is the authority's own name",
                    "choose another name");
        }
    }

    private static WireException refused(ErrorCode code, String reason) {
        return new WireException(
                code,
                "cannot be let in: " + reason,
                "ask the tenant's owner for a new one: wire token create --name NAME");
    }
}
