package io.virtualwire.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.json.JsonObject;
import io.virtualwire.control.ErrorCode;
import java.io.IOException;
import java.util.Optional;

/**
 * What came over a socket of the bus, before anybody has read it: refused here if it is not one JSON text in which no object has a
 * name twice, as REST refuses such a body. The bridge would take the last of two, and somebody else who looks at it the first.
 */
final class BusFrame {
    private static final int LONGEST_ADDRESS = 200;
    private static final JsonFactory LENIENT = new JsonFactory();
    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final byte[] text;

    BusFrame(byte[] text) {
        this.text = text;
    }

    /** The frame to answer it with, if it is to be refused. */
    Optional<JsonObject> refusal() {
        return fault().map(fault -> {
            JsonObject error = new JsonObject()
                    .put("code", ErrorCode.BAD_REQUEST.name())
                    .put("message", "the message cannot be read: " + fault)
                    .put("hint", "send one JSON object, in which each name stands once");
            String to = replyAddress();
            return to.isEmpty()
                    ? new JsonObject().put("type", "err").put("body", error.encode())
                    : new JsonObject()
                            .put("type", "err")
                            .put("address", to)
                            .put("failureCode", 1)
                            .put("failureType", "RECIPIENT_FAILURE")
                            .put("message", error.encode());
        });
    }

    private Optional<String> fault() {
        try (JsonParser parser = STRICT.createParser(text)) {
            int depth = 0;
            boolean over = false;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (over) {
                    return Optional.of("something follows its end");
                }
                if (token == JsonToken.VALUE_NUMBER_INT) {
                    // Only who asks for its value hears that it is too long.
                    parser.getNumberValue();
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                over = depth == 0;
            }
            return over ? Optional.empty() : Optional.of("it is empty");
        } catch (JsonProcessingException e) {
            return Optional.of(e.getOriginalMessage() + " (column "
                    + (e.getLocation() == null ? 1 : e.getLocation().getColumnNr()) + ")");
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Where its sender waits for an answer, as far as that can be read; empty if nowhere. */
    private String replyAddress() {
        String found = "";
        try (JsonParser parser = LENIENT.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return found;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals("replyAddress");
                if (parser.nextToken() == JsonToken.VALUE_STRING
                        && wanted
                        && parser.getTextLength() <= LONGEST_ADDRESS) {
                    found = parser.getText();
                }
                parser.skipChildren();
            }
        } catch (IOException broken) {
            // What was found before that is where its sender waits.
            return found;
        }
        return found;
    }
}
