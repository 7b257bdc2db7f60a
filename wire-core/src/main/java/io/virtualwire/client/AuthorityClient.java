package io.virtualwire.client;

import com.fasterxml.jackson.core.type.TypeReference;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** The service of a tenant's authority, asked for certificates and for the list of those that were revoked. */
public final class AuthorityClient implements AutoCloseable {
    /** Where the service listens unless told otherwise. */
    public static final int DEFAULT_PORT = 7491;

    private static final Duration SPARE = Duration.ofSeconds(3);

    private final RestCalls calls;

    private AuthorityClient(RestCalls calls) {
        this.calls = calls;
    }

    /** For somebody who has no credentials and knows the authority by its fingerprint. */
    public static AuthorityClient stranger(
            HostAddress address, Fingerprint authority, String tenant, InstantSource clock) {
        Identity service = new Identity(tenant, TenantAuthority.SERVICE);
        return new AuthorityClient(
                new RestCalls("authority", TlsContexts.strangerContext(authority, service, clock), address));
    }

    /** For a member of the tenant. */
    public static AuthorityClient member(TlsContexts tls, HostAddress address) {
        Identity service = new Identity(tls.identity().tenant(), TenantAuthority.SERVICE);
        return new AuthorityClient(new RestCalls("authority", tls, address, Optional.of(service)));
    }

    /** Asks for the first certificate; may be repeated with the same key. */
    public CertificateAnswer enrol(EnrolmentRequest request) {
        return calls.post("/v1/enrol", request, new TypeReference<CertificateAnswer>() {});
    }

    /** Asks for the next certificate of the name that this end shows. */
    public CertificateAnswer renew(RenewalRequest request) {
        return calls.post("/v1/renew", request, new TypeReference<CertificateAnswer>() {});
    }

    /** Asks for a list with a higher number than this, waiting for one to be made. */
    public RevocationsAnswer revocations(long after, Duration patience) {
        return calls.get(
                "/v1/revocations?after=" + after + "&wait=" + patience.toMillis(),
                new TypeReference<RevocationsAnswer>() {},
                patience.plus(SPARE));
    }

    @Override
    public void close() {
        calls.close();
    }
}
