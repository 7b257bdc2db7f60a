package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.virtualwire.forwarding.StaticEntry;
import io.virtualwire.frame.MacAddress;

/**
 * A station's place that the user fixes; {@code static} in the file.
 *
 * @param port the port of the switch behind which the address is
 * @param vlan where it is known; absent for frames without a VLAN
 */
public record StaticSpec(
        @JsonProperty(required = true) MacAddress mac,
        @JsonProperty(required = true) String port,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int vlan) {

    StaticEntry entry() {
        return new StaticEntry(mac, vlan, port);
    }
}
