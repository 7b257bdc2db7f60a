package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.virtualwire.forwarding.PortSettings;
import io.virtualwire.forwarding.PortVlans;
import io.virtualwire.forwarding.StormSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a port of a switch is set up.
 *
 * @param access the one VLAN of a port without tags
 * @param trunk the VLANs of a port with tags
 * @param untagged the VLAN of a trunk's frames without a tag; {@code native} in the file
 * @param storm how much of what goes to all ports may come in here
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PortSpec(
        @Nullable Integer access,
        List<VlansSpec> trunk,
        @JsonProperty("native") @Nullable Integer untagged,
        @Nullable StormSpec storm) {

    @JsonCreator
    public PortSpec(
            @JsonProperty("access") @Nullable Integer access,
            @JsonProperty("trunk") @JsonSetter(contentNulls = Nulls.FAIL) @Nullable List<VlansSpec> trunk,
            @JsonProperty("native") @Nullable Integer untagged,
            @JsonProperty("storm") @Nullable StormSpec storm) {
        this.access = access;
        this.trunk = trunk == null ? List.of() : List.copyOf(trunk);
        this.untagged = untagged;
        this.storm = storm;
    }

    /** What the bridge's port is to be set up with. */
    @JsonIgnore
    public PortSettings settings() {
        return new PortSettings(vlans(), storm == null ? StormSettings.NONE : storm.settings());
    }

    private PortVlans vlans() {
        if (access != null) {
            return new PortVlans.Access(access);
        }
        if (trunk.isEmpty() && untagged == null) {
            return new PortVlans.Open();
        }
        return new PortVlans.Trunk(trunk.stream().map(VlansSpec::range).toList(), untagged == null ? 0 : untagged);
    }
}
