package io.virtualwire.cli.provision;

import java.util.Map;
import java.util.TreeMap;

/**
 * A cloud that a person has added.
 *
 * @param type which adapter speaks with it
 * @param settings what was said of it; nothing secret
 */
public record CloudEntry(String type, Map<String, String> settings) {
    public CloudEntry {
        settings = new TreeMap<>(settings);
    }
}
