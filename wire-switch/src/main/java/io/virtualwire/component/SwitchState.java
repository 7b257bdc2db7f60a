package io.virtualwire.component;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.forwarding.FdbEntry;
import io.virtualwire.forwarding.LoopGuard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a switch hands to its successor.
 *
 * <p>An instance of another release reads what it knows of this and passes over the rest.
 *
 * @param version of this form; 2, and 1 before there was {@code loops}
 * @param fdb what it has learned
 * @param loops which ports are blocked; null in version 1
 */
record SwitchState(int version, List<FdbEntry> fdb, LoopGuard.@Nullable State loops) {
    static final SwitchState EMPTY = new SwitchState(2, List.of(), null);

    SwitchState {
        fdb = List.copyOf(fdb);
    }

    SwitchState(List<FdbEntry> fdb, LoopGuard.State loops) {
        this(2, fdb, loops);
    }

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
