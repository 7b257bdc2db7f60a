package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.forwarding.PortSettings;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A switch that the user wants.
 *
 * @param node where it starts; once it runs, only a migration or the loss of its node moves it
 * @param ports how its ports are set up, by name; those that are not here pass everything
 * @param statics stations whose place is fixed; {@code static} in the file
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SwitchSpec(
        String node,
        Map<String, PortSpec> ports,
        @JsonProperty("static") List<StaticSpec> statics) {

    /* Null is what a file that leaves it out gives. */
    @JsonCreator
    public SwitchSpec(
            @JsonProperty(value = "node", required = true) @JsonSetter(nulls = Nulls.FAIL) String node,
            @JsonProperty("ports") @JsonSetter(contentNulls = Nulls.FAIL) @Nullable Map<String, PortSpec> ports,
            @JsonProperty("static") @JsonSetter(contentNulls = Nulls.FAIL) @Nullable List<StaticSpec> statics) {
        this.node = node;
        this.ports = ports == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(ports));
        this.statics = statics == null ? List.of() : List.copyOf(statics);
    }

    SwitchSpec withoutPort(String port) {
        Map<String, PortSpec> others = new TreeMap<>(ports);
        others.remove(port);
        return new SwitchSpec(
                node,
                others,
                statics.stream().filter(it -> !it.port().equals(port)).toList());
    }

    /** What its bridge is to be set up with. */
    @JsonIgnore
    public BridgeSettings settings() {
        Map<String, PortSettings> settings = new HashMap<>();
        ports.forEach((name, port) -> settings.put(name, port.settings()));
        return new BridgeSettings(
                settings, statics.stream().map(StaticSpec::entry).toList());
    }
}
