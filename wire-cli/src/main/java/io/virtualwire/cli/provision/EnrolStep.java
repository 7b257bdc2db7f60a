package io.virtualwire.cli.provision;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.virtualwire.authority.NodeNames;
import io.virtualwire.authority.Registrar;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.CarriedEnrolment;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.identity.TenantAuthority;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the daemons members of the tenant, by a one-time token that never leaves this machine: the request comes and the certificate goes
 * by the same way as commands, so that the authority need not be reached from there.
 */
final class EnrolStep implements HostStep {
    private static final Duration TOKEN_LIFE = Duration.ofMinutes(10);
    private static final String FROM = "wire host";

    private final Registrar registrar;
    private final OwnCommand own;

    EnrolStep(Registrar registrar, OwnCommand own) {
        this.registrar = registrar;
        this.own = own;
    }

    @Override
    public Step reaches() {
        return Step.ENROLLED;
    }

    @Override
    public String take(Site site) {
        List<String> said = new ArrayList<>();
        for (String daemon : daemons(site.record())) {
            said.add(enrol(site, daemon));
        }
        return String.join(", ", said);
    }

    static List<String> daemons(HostRecord record) {
        return record.wanted().node() ? List.of(record.name(), NodeNames.of(record.name())) : List.of(record.name());
    }

    private String enrol(Site site, String daemon) {
        Identity identity = new Identity(registrar.tenant(), daemon);
        WireThere wire = new WireThere(site.shell(), own);
        Optional<HostAddress> service = registrar.service();
        EnrolmentToken token = registrar.createToken(
                daemon, TOKEN_LIFE, service.orElse(new HostAddress("localhost", AuthorityClient.DEFAULT_PORT)));
        CarriedEnrolment.Question question = read(
                wire.say(
                        new byte[0],
                        "identity",
                        "request",
                        identity.toString(),
                        "--file",
                        wire.credentials(daemon),
                        "--authority",
                        token.authority().toString()),
                CarriedEnrolment.Question.class);
        if (question.request().isEmpty()) {
            registrar.removeTokens(daemon);
            return identity + " is enrolled already";
        }
        CertificateAnswer answer = registrar.enrol(
                token.secret(),
                question.request(),
                service.isPresent() ? Registrar.DEFAULT_LIFE : TenantAuthority.DEFAULT_VALIDITY,
                FROM);
        wire.say(write(answer), "identity", "accept", identity.toString(), "--file", wire.credentials(daemon));
        return identity + " until " + answer.validUntil()
                + (service.isPresent() ? "" : "; nobody renews it, as no authority's service runs");
    }

    private static <T> T read(String text, Class<T> type) {
        try {
            return ApiJson.lenient().readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "the host answered what is no request for a certificate: " + text.strip(),
                    "see that the same release is installed there",
                    e);
        }
    }

    private static byte[] write(CertificateAnswer answer) {
        try {
            return ApiJson.lenient().writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write a certificate", "", e);
        }
    }
}
