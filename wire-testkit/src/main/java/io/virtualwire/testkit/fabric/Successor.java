package io.virtualwire.testkit.fabric;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.wire.EngineImage;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Passes an engine's memory from one process to the next, as bytes. */
final class Successor {
    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(new Jdk8Module()).build();

    EngineImage passOn(EngineImage image) {
        try {
            return JSON.readValue(JSON.writeValueAsBytes(image), EngineImage.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
