package io.virtualwire.topology;

import io.virtualwire.config.YamlReader;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/** Reads topology files: strictly, and with the line of what is wrong. */
public final class TopologyFile {
    private static final YamlReader<Topology> YAML =
            new YamlReader<>(Topology.class, "compare it with an example's topology.yaml");

    private TopologyFile() {}

    /**
     * Reads and validates.
     *
     * @param origin how messages call the text: usually its file name
     */
    public static Topology parse(String origin, String text) {
        Topology topology = YAML.read("the topology " + origin, text)
                .orElseThrow(() -> new WireException(
                        ErrorCode.BAD_REQUEST,
                        "cannot read the topology " + origin + ": it is empty",
                        "begin with version: 1"));
        new TopologyCheck(topology).requireValid(origin);
        return topology;
    }
}
