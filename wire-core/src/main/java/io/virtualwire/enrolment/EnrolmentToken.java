package io.virtualwire.enrolment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Fingerprint;
import java.io.IOException;
import java.util.Base64;

/**
 * What a daemon needs to become a member, once: who it will be, where the authority is, how to know that one, and a secret.
 *
 * <p>Written as one word, {@code wire-…}, which is kept secret until it was used.
 *
 * @param authority the authority's certificate
 */
public record EnrolmentToken(Identity identity, HostAddress service, Fingerprint authority, String secret) {
    private static final String PREFIX = "wire-";
    private static final int LONGEST = 2048;
    private static final JsonMapper JSON = new JsonMapper();

    private record Content(
            @JsonProperty(value = "n", required = true) String name,
            @JsonProperty(value = "a", required = true) String address,
            @JsonProperty(value = "f", required = true) String fingerprint,
            @JsonProperty(value = "s", required = true) String secret) {}

    /** Reads what {@link #text} wrote. */
    public static EnrolmentToken parse(String text) {
        String word = text.strip();
        if (!word.startsWith(PREFIX) || word.length() > LONGEST) {
            throw refused(null);
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(word.substring(PREFIX.length()));
            Content content = JSON.readValue(bytes, Content.class);
            return new EnrolmentToken(
                    Identity.parse(content.name()),
                    HostAddress.parse(content.address(), AuthorityClient.DEFAULT_PORT),
                    new Fingerprint(content.fingerprint()),
                    content.secret());
        } catch (IOException | RuntimeException e) {
            throw refused(e);
        }
    }

    /** As one word. */
    public String text() {
        try {
            byte[] bytes = JSON.writeValueAsBytes(
                    new Content(identity.toString(), service.toString(), authority.toString(), secret));
            return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write a token for " + identity, "", e);
        }
    }

    /** Names no secret: a token must not reach a log. */
    @Override
    public String toString() {
        return "token for " + identity;
    }

    private static WireException refused(@org.jspecify.annotations.Nullable Exception cause) {
        String message = "cannot enrol: this is not a token, or only a part of one";
        String hint = "copy the whole word that 'wire token create' printed; it begins with " + PREFIX;
        return cause == null
                ? new WireException(ErrorCode.BAD_REQUEST, message, hint)
                : new WireException(ErrorCode.BAD_REQUEST, message, hint, cause);
    }
}
