package io.virtualwire.cli.command;

import io.virtualwire.client.AppliedTopology;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.WantedTopology;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyFile;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** Changes a part of the network that is wanted, and nothing that somebody else changes at the same time. */
final class FabricEdit {
    private static final int ATTEMPTS = 5;

    private final NodeClient node;

    FabricEdit(NodeClient node) {
        this.node = node;
    }

    /** The network that is wanted now. */
    static Topology read(WantedTopology wanted) {
        // JSON is YAML, so that it is read as strictly as a file is.
        return TopologyFile.parse("of the fabric", wanted.topology().toString());
    }

    /**
     * Applies the change to what is wanted now, and again if that was changed meanwhile.
     *
     * @return empty if the change changes nothing
     */
    Optional<AppliedTopology> apply(UnaryOperator<Topology> change) {
        for (int attempt = 1; ; attempt++) {
            WantedTopology now = node.topology();
            Topology before = read(now);
            Topology after = change.apply(before);
            if (after.equals(before)) {
                return Optional.empty();
            }
            try {
                return Optional.of(
                        node.apply("with that change", TopologyFile.write(after), OptionalLong.of(now.version())));
            } catch (WireException e) {
                if (e.code() != ErrorCode.VERSION_CONFLICT || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
