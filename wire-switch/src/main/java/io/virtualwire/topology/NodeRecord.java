package io.virtualwire.topology;

import io.virtualwire.control.Identity;
import java.util.List;

/**
 * A node as it announced itself to the fabric.
 *
 * @param name how placements and migrations call it
 * @param identity who it proves to be, to connectors and other nodes
 * @param instance this process; a restarted node is another instance and holds nothing of the former one's
 * @param wirePaths where wires to it go, each {@code host:port}
 * @param api where its API answers, {@code host:port}
 * @param cloud the cloud that it is in; empty if nobody says
 * @param draining whether it is to be emptied, and to take nothing; outlives its processes
 * @param level what its release understands of the log, {@link FabricCommand#LEVEL}
 */
public record NodeRecord(
        String name,
        Identity identity,
        String instance,
        List<String> wirePaths,
        String api,
        String cloud,
        boolean draining,
        int level) {
    public NodeRecord {
        wirePaths = List.copyOf(wirePaths);
        // A node of a release that knew of no clouds.
        cloud = cloud == null ? "" : cloud;
        // Nor of levels.
        level = Math.max(level, FabricCommand.FIRST_LEVEL);
    }

    /** In no cloud that anybody speaks of. */
    public NodeRecord(String name, Identity identity, String instance, List<String> wirePaths, String api) {
        this(name, identity, instance, wirePaths, api, "");
    }

    /** As a process announces itself, which does not know what is wanted of its node. */
    public NodeRecord(
            String name, Identity identity, String instance, List<String> wirePaths, String api, String cloud) {
        this(name, identity, instance, wirePaths, api, cloud, false, FabricCommand.LEVEL);
    }

    NodeRecord draining(boolean drains) {
        return new NodeRecord(name, identity, instance, wirePaths, api, cloud, drains, level);
    }
}
