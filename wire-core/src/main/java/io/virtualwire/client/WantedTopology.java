package io.virtualwire.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The network that a fabric wants.
 *
 * @param version of the fabric's topology; what {@code apply} may expect
 * @param topology as a topology file has it
 */
public record WantedTopology(long version, JsonNode topology) {}
