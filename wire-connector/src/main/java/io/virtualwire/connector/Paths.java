package io.virtualwire.connector;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.RelayDescription;
import java.util.ArrayList;
import java.util.List;

/** Every underlay address at which a request aims. */
final class Paths {
    private Paths() {}

    static List<String> of(ConnectRequest request) {
        List<String> paths = new ArrayList<>(request.peer().paths());
        request.relayTo().map(RelayDescription::paths).ifPresent(paths::addAll);
        request.relayFrom().map(RelayDescription::paths).ifPresent(paths::addAll);
        return paths;
    }
}
