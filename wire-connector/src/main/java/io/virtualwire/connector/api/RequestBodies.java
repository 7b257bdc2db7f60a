package io.virtualwire.connector.api;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what callers send, and says precisely what is wrong with it. */
final class RequestBodies {
    private final JsonMapper json = ApiJson.strict();

    EndpointDescription endpoint(String name, byte[] body) {
        EndpointBody said = body.length == 0
                ? new EndpointBody(null, null, null, null, null, null, null)
                : read(body, EndpointBody.class);
        same("name", name, said.name());
        return new EndpointDescription(
                name,
                said.device() == null ? EndpointDescription.deviceFor(name) : said.device(),
                Optional.ofNullable(said.namespace()),
                said.existing() != null && said.existing(),
                said.mtu() == null ? EndpointDescription.DEFAULT_MTU : said.mtu(),
                Optional.ofNullable(said.mac()).map(it -> it.toLowerCase(Locale.ROOT)),
                said.deviceSide() != null && said.deviceSide());
    }

    ConnectRequest connect(WireId wire, Side side, byte[] body) {
        ConnectBody said = read(body, ConnectBody.class);
        same("wire", wire, said.wire());
        same("side", side, said.side());
        return new ConnectRequest(
                wire,
                side,
                required("generation", said.generation()),
                required("endpoint", said.endpoint()),
                required("peer", said.peer()).toDescription(),
                said.options() == null ? ConnectOptions.DEFAULT : said.options().toOptions(),
                Optional.ofNullable(said.relayTo()).map(it -> it.toDescription("relayTo")),
                Optional.ofNullable(said.relayFrom()).map(it -> it.toDescription("relayFrom")));
    }

    private <T> T read(byte[] body, Class<T> type) {
        try {
            T value = json.readValue(body, type);
            return required("the body", value);
        } catch (UnrecognizedPropertyException e) {
            throw bad(
                    "unknown field '" + place(e) + "'",
                    "known here: "
                            + e.getKnownPropertyIds().stream()
                                    .map(Object::toString)
                                    .sorted()
                                    .toList(),
                    e);
        } catch (JsonParseException e) {
            throw bad("the body is not JSON: " + e.getOriginalMessage(), "send one JSON object", e);
        } catch (InvalidFormatException e) {
            throw bad("field '" + place(e) + "' cannot be '" + e.getValue() + "'", "see docs/rest-api.md", e);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof WireException refused) {
                throw new WireException(
                        refused.code(), "field '" + place(e) + "': " + refused.getMessage(), refused.hint(), e);
            }
            throw bad("field '" + place(e) + "': " + e.getOriginalMessage(), "see docs/rest-api.md", e);
        } catch (IOException e) {
            throw bad("the body cannot be read: " + e.getMessage(), "send one JSON object", e);
        }
    }

    private static String place(JsonMappingException e) {
        return e.getPath().stream()
                .map(it -> it.getFieldName() == null ? "[" + it.getIndex() + "]" : it.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new WireException(ErrorCode.BAD_REQUEST, "field '" + field + "' is missing", "see docs/rest-api.md");
        }
        return value;
    }

    private static void same(String field, Object inPath, @Nullable Object inBody) {
        if (inBody != null && !inPath.equals(inBody)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "field '" + field + "' says " + inBody + ", the address says " + inPath,
                    "leave the field out, or make both the same");
        }
    }

    private static WireException bad(String message, String hint, Throwable cause) {
        return new WireException(ErrorCode.BAD_REQUEST, message, hint, cause);
    }

    private record EndpointBody(
            @Nullable String name,
            @Nullable String device,
            @Nullable String namespace,
            @Nullable Boolean existing,
            @Nullable Integer mtu,
            @Nullable String mac,
            @Nullable Boolean deviceSide) {}

    private record ConnectBody(
            @Nullable WireId wire,
            @Nullable Side side,
            @Nullable Generation generation,
            @Nullable String endpoint,
            @Nullable PeerBody peer,
            @Nullable OptionsBody options,
            @Nullable RelayBody relayTo,
            @Nullable RelayBody relayFrom) {}

    private record OptionsBody(
            @Nullable Role role,
            @Nullable Boolean plain,
            @Nullable Backend backend) {
        ConnectOptions toOptions() {
            return new ConnectOptions(
                    role == null ? Role.ACTIVE : role, plain != null && plain, Optional.ofNullable(backend));
        }
    }

    private record PeerBody(
            @Nullable Identity identity,
            @Nullable Generation generation,
            @Nullable List<String> paths,
            @Nullable Boolean fence) {
        PeerDescription toDescription() {
            return new PeerDescription(
                    required("peer.identity", identity),
                    required("peer.generation", generation),
                    paths == null ? List.of() : paths,
                    fence != null && fence);
        }
    }

    private record RelayBody(
            @Nullable Identity identity,
            @Nullable Generation generation,
            @Nullable List<String> paths) {
        RelayDescription toDescription(String field) {
            return new RelayDescription(
                    required(field + ".identity", identity),
                    required(field + ".generation", generation),
                    paths == null ? List.of() : paths);
        }
    }
}
