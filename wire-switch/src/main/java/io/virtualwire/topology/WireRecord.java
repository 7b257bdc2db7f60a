package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.virtualwire.control.Generation;
import io.virtualwire.control.WireId;

/**
 * A wire that the fabric has agreed on: side A at the component's port, side B at the host's endpoint.
 *
 * @param id never used for another wire: one that is removed and wanted again gets a new one
 * @param component the component at whose port side A is
 * @param endpoint the endpoint's name on its host
 * @param hostSpec where that host's connector is; kept here so that the wire can be removed when the host is gone from
 *     the topology
 * @param farGeneration the generation of side B
 */
public record WireRecord(
        WireId id,
        String component,
        String port,
        String endpoint,
        String host,
        HostSpec hostSpec,
        long farGeneration,
        boolean plain) {

    /** How people call this wire: {@code switch/port}. */
    public String name() {
        return component + "/" + port;
    }

    /** The generation of the host's side. */
    @JsonIgnore
    public Generation farSideGeneration() {
        return new Generation(farGeneration, "");
    }

    boolean isFor(WireSpec spec) {
        return endpoint.equals(spec.endpoint().name())
                && host.equals(spec.endpoint().host())
                && plain == spec.plain();
    }

    WireRecord at(HostSpec moved) {
        return new WireRecord(id, component, port, endpoint, host, moved, farGeneration, plain);
    }
}
