package io.virtualwire.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a daemon promises over REST: an OpenAPI 3.1 file, served as it is, and what requests are validated with. */
public final class Contract {
    private static final int LOAD_SECONDS = 60;

    private final Buffer text;
    private final JsonObject tree;
    private final OpenAPIContract parsed;
    private final boolean bindsAnswers;

    private Contract(Buffer text, JsonObject tree, OpenAPIContract parsed, boolean bindsAnswers) {
        this.text = text;
        this.tree = tree;
        this.parsed = parsed;
        this.bindsAnswers = bindsAnswers;
    }

    /**
     * Reads the contract that lies beside a class.
     *
     * <p>In a process with {@code -Dwire.contract.answers=true}, as those of tests, answers are held to it too, and may have
     * only the properties that it names.
     */
    public static Contract load(Class<?> owner, String name) {
        boolean binding = Boolean.getBoolean("wire.contract.answers");
        Buffer text;
        JsonObject tree;
        try (InputStream file = owner.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("no " + name + " beside " + owner.getName());
            }
            text = Buffer.buffer(file.readAllBytes());
            tree = new JsonObject(
                    new YAMLMapper().readValue(text.getBytes(), new TypeReference<Map<String, Object>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        leaveOutOtherLanguages(tree.getJsonObject("paths"));
        if (binding) {
            close(tree.getJsonObject("components").getJsonObject("schemas"));
        }
        return new Contract(text, tree, parse(name, tree.copy()), binding);
    }

    /** The file, word for word. */
    public Buffer text() {
        return text;
    }

    /** Whether an answer that breaks the contract is to become an error that no test can miss. */
    boolean bindsAnswers() {
        return bindsAnswers;
    }

    OpenAPIContract parsed() {
        return parsed;
    }

    /** An operation as it is written in the file, but for what the validators do not know. */
    JsonObject written(Operation operation) {
        return path(operation).getJsonObject(operation.getHttpMethod().name().toLowerCase(Locale.ROOT));
    }

    /** The parameters of an operation as they are written in the file, those of its path among them. */
    List<JsonObject> parameters(Operation operation) {
        return Stream.of(path(operation), written(operation))
                .flatMap(it -> it.getJsonArray("parameters", new JsonArray()).stream())
                .map(this::follow)
                .flatMap(Optional::stream)
                .toList();
    }

    /** What is meant by a part of the file, which may only refer to another. */
    Optional<JsonObject> follow(@Nullable Object part) {
        if (!(part instanceof JsonObject object)) {
            return Optional.empty();
        }
        String reference = object.getString("$ref");
        return reference == null
                ? Optional.of(object)
                : follow(JsonPointer.from(reference.substring(1)).queryJson(tree));
    }

    private JsonObject path(Operation operation) {
        return tree.getJsonObject("paths").getJsonObject(operation.getOpenAPIPath());
    }

    /* The library reads JSON Schema's own schemas through a Vert.x that may look into jars, which the daemons' may not. */
    private static OpenAPIContract parse(String name, JsonObject tree) {
        Vertx reader = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setPreferNativeTransport(false));
        try {
            return OpenAPIContract.from(reader, tree)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LOAD_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.INTERNAL, "interrupted while reading the contract " + name, "", e);
        } catch (TimeoutException e) {
            throw new WireException(
                    ErrorCode.TIMEOUT,
                    "cannot read the contract " + name + " within " + LOAD_SECONDS + " s",
                    "see what else takes this machine's processors, then start again",
                    e);
        } catch (ExecutionException e) {
            throw new WireException(
                    ErrorCode.INTERNAL,
                    "cannot read the contract " + name + ": " + e.getMessage(),
                    "see that " + System.getProperty("java.io.tmpdir") + " can be written",
                    e);
        } finally {
            reader.close();
        }
    }

    /** The validators know JSON; a body in another language is for that language's own parser. */
    private static void leaveOutOtherLanguages(JsonObject paths) {
        for (String path : paths.fieldNames()) {
            JsonObject methods = paths.getJsonObject(path);
            for (String method : methods.fieldNames()) {
                if (methods.getValue(method) instanceof JsonObject operation) {
                    if (isForeign(operation.getJsonObject("requestBody"))) {
                        operation.remove("requestBody");
                    }
                    JsonObject responses = operation.getJsonObject("responses");
                    for (String status : responses.fieldNames()) {
                        if (isForeign(responses.getJsonObject(status))) {
                            responses.getJsonObject(status).remove("content");
                        }
                    }
                }
            }
        }
    }

    private static boolean isForeign(@Nullable JsonObject body) {
        JsonObject content = body == null ? null : body.getJsonObject("content");
        return content != null && !content.fieldNames().stream().allMatch(MediaType::isMediaTypeSupported);
    }

    private static void close(@Nullable Object schema) {
        switch (schema) {
            case JsonObject object -> {
                if (object.containsKey("properties") && !object.containsKey("additionalProperties")) {
                    object.put("additionalProperties", false);
                }
                object.fieldNames().forEach(name -> close(object.getValue(name)));
            }
            case JsonArray array -> array.forEach(Contract::close);
            case null, default -> {
                // It has no properties.
            }
        }
    }
}
