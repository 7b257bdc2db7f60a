package io.virtualwire.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What components knew, kept on other nodes for the case that theirs is lost. Nothing blocks. */
public interface ReplicatedStates {

    /** Keeps what the component's instance of this generation knows now. */
    void save(String component, long generation, JsonNode state);

    /** The newest that was kept and has reached this node. */
    Optional<JsonNode> latest(String component);
}
