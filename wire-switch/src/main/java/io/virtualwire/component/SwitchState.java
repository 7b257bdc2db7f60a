package io.virtualwire.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.forwarding.FdbEntry;
import java.util.List;

/**
 * What a switch hands to its successor.
 *
 * @param version of this form; 1
 */
record SwitchState(int version, List<FdbEntry> fdb) {
    static final SwitchState EMPTY = new SwitchState(1, List.of());

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    JsonNode toJson() {
        return JSON.valueToTree(this);
    }

    /** Reads what another instance wrote; what cannot be read is nothing learned, since learning it again mends it. */
    static SwitchState of(JsonNode json) {
        if (!json.path("fdb").isArray()) {
            return EMPTY;
        }
        try {
            return JSON.treeToValue(json, SwitchState.class);
        } catch (JsonProcessingException e) {
            return EMPTY;
        }
    }
}
