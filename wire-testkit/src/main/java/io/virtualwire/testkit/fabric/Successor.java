package io.virtualwire.testkit.fabric;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.wire.EngineImage;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Passes an engine's memory from one process to the next, as bytes. */
final class Successor {
    private final JsonMapper json =
            JsonMapper.builder().addModule(new Jdk8Module()).build();

    EngineImage passOn(EngineImage image) {
        try {
            return json.readValue(json.writeValueAsBytes(image), EngineImage.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
