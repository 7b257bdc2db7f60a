package io.virtualwire.client;

import java.util.List;

/**
 * What a connector speaks.
 *
 * @param version the release of the program
 * @param api the versions of this interface
 * @param wireProtocol the highest version of docs/wire-protocol.md
 * @param features names of optional abilities
 */
public record ConnectorVersion(String version, List<String> api, int wireProtocol, List<String> features) {
    public ConnectorVersion {
        api = List.copyOf(api);
        features = List.copyOf(features);
    }
}
