package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.virtualwire.forwarding.BridgeSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A switch that the user wants.
 *
 * @param node where it starts; once it runs, only a migration or the loss of its node moves it
 * @param statics stations whose place is fixed; {@code static} in the file
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SwitchSpec(
        String node, @JsonProperty("static") List<StaticSpec> statics) {

    /* Null is what a file that leaves it out gives. */
    @JsonCreator
    public SwitchSpec(
            @JsonProperty(value = "node", required = true) String node,
            @JsonProperty("static") @JsonSetter(contentNulls = Nulls.FAIL) @Nullable List<StaticSpec> statics) {
        this.node = node;
        this.statics = statics == null ? List.of() : List.copyOf(statics);
    }

    /** What its bridge is to be set up with. */
    @JsonIgnore
    public BridgeSettings settings() {
        return new BridgeSettings(statics.stream().map(StaticSpec::entry).toList());
    }
}
