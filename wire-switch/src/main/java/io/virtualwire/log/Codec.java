package io.virtualwire.log;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;

/** Writes values as bytes and reads them back. */
public interface Codec<T> {
    byte[] encode(T value);

    T decode(byte[] bytes);

    /** Values as JSON. */
    static <T> Codec<T> json(ObjectMapper mapper, Class<T> type) {
        return new Codec<>() {
            @Override
            public byte[] encode(T value) {
                try {
                    // For the declared type, so that a sealed interface's type name is written too.
                    return mapper.writerFor(type).writeValueAsBytes(value);
                } catch (JsonProcessingException e) {
                    throw new WireException(
                            ErrorCode.INTERNAL, "cannot write a " + type.getSimpleName() + " as JSON", "", e);
                }
            }

            @Override
            public T decode(byte[] bytes) {
                try {
                    T value = mapper.readValue(bytes, type);
                    if (value == null) {
                        throw new JsonParseException(null, "there is none");
                    }
                    return value;
                } catch (IOException e) {
                    throw new WireException(
                            ErrorCode.CORRUPT,
                            "cannot read a " + type.getSimpleName() + " from the log: " + e.getMessage(),
                            "run the release that wrote it",
                            e);
                }
            }
        };
    }
}
