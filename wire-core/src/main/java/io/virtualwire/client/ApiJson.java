package io.virtualwire.client;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

/** How the interface's records are written as JSON. */
public final class ApiJson {
    private ApiJson() {}

    /** For the one who asks: fields that a newer connector adds are passed over. */
    public static JsonMapper lenient() {
        return JsonMapper.builder()
                .addModule(new Jdk8Module())
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }

    /** For the one who is asked: a field that is not known is an error, since it was meant to do something. */
    public static JsonMapper strict() {
        return JsonMapper.builder()
                .addModule(new Jdk8Module())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }
}
