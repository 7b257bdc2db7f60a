package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.Nulls;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/**
 * A wire that the user wants: from a switch's port to an endpoint of a host.
 *
 * @param component the switch; {@code switch} in the file
 * @param port the port's name, unique in its switch
 * @param plain whether frames travel in the clear, for an underlay that both ends trust
 */
public record WireSpec(
        @JsonProperty(value = "switch", required = true) @JsonSetter(nulls = Nulls.FAIL)
        String component,

        @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
        String port,

        @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
        EndpointRef endpoint,

        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean plain) {

    /** How people call this wire: {@code switch/port}. */
    public String name() {
        return component + "/" + port;
    }

    /**
     * An endpoint of a host, written {@code name@host}; or of a virtual machine, whose host need not be said, since it moves.
     *
     * @param host empty if it is wherever the virtual machine is
     */
    public record EndpointRef(String name, String host) {

        @JsonCreator
        public static EndpointRef parse(String text) {
            int at = text.indexOf('@');
            if (at < 0 && !text.isBlank()) {
                return new EndpointRef(text, "");
            }
            if (at < 1 || at == text.length() - 1 || text.indexOf('@', at + 1) >= 0) {
                throw new WireException(
                        ErrorCode.BAD_REQUEST,
                        "'" + text + "' does not name an endpoint",
                        "write name@host, or the name of a virtual machine's endpoint");
            }
            return new EndpointRef(text.substring(0, at), text.substring(at + 1));
        }

        @Override
        @JsonValue
        public String toString() {
            return host.isEmpty() ? name : name + "@" + host;
        }
    }
}
