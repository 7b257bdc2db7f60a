package io.virtualwire.topology;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.config.YamlReader;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/** Reads topology files: strictly, and with the line of what is wrong; and writes them. */
public final class TopologyFile {
    private static final YamlReader<Topology> YAML =
            new YamlReader<>(Topology.class, "compare it with an example's topology.yaml");

    private static final ObjectWriter WRITER = YAMLMapper.builder()
            .addModule(new Jdk8Module())
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build()
            .writer();

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

    /** What {@link #parse} reads as the same topology. */
    public static String write(Topology topology) {
        try {
            return WRITER.writeValueAsString(topology);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a topology cannot be written as YAML", e);
        }
    }
}
