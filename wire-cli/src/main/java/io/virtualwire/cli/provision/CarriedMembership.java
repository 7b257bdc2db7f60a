package io.virtualwire.cli.provision;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Makes somebody on a host a member of the tenant, by a one-time token that never leaves this machine: the request comes and the
 * certificate goes by the same way as commands, so that the authority need not be reached from there.
 */
final class CarriedMembership {
    private static final Duration TOKEN_LIFE = Duration.ofMinutes(10);
    private static final String FROM = "wire host";

    private final Registrar registrar;

    CarriedMembership(Registrar registrar) {
        this.registrar = registrar;
    }

    Identity identity(String member) {
        return new Identity(registrar.tenant(), member);
    }

    /**
     * Enrols a member unless there are good credentials already.
     *
     * @param file where its credentials are kept there
     * @param addresses that its certificate is to name; none if it is met by our own daemons alone
     * @return what the authority answered; empty if it was not asked
     */
    Optional<CertificateAnswer> enrol(
            WireThere wire, String member, String file, Duration life, Set<InetAddress> addresses) {
        EnrolmentToken token = registrar.createToken(
                member,
                TOKEN_LIFE,
                registrar.service().orElse(new HostAddress("localhost", AuthorityClient.DEFAULT_PORT)));
        String identity = identity(member).toString();
        CarriedEnrolment.Question question = read(
                wire.say(
                        new byte[0],
                        "identity",
                        "request",
                        identity,
                        "--file",
                        file,
                        "--authority",
                        token.authority().toString()),
                CarriedEnrolment.Question.class);
        if (question.request().isEmpty()) {
            registrar.removeTokens(member);
            return Optional.empty();
        }
        CertificateAnswer answer = registrar.enrol(token.secret(), question.request(), life, FROM, addresses);
        wire.say(write(answer), "identity", "accept", identity, "--file", file);
        return Optional.of(answer);
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
