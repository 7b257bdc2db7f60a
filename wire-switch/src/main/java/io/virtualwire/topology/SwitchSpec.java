package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A switch that the user wants.
 *
 * @param node where it starts; once it runs, only a migration or the loss of its node moves it
 */
public record SwitchSpec(@JsonProperty(required = true) String node) {}
