package io.virtualwire.metrics;

import java.util.List;

/** Every metric of connector and node that is not the JVM's; docs/operations.md says what they are good for. */
public enum Metric {
    /** Who answers. */
    INFO("virtualwire_info", "1, for the daemon that answers", "daemon", "identity", "version"),
    READY("virtualwire_ready", "Whether a part of the daemon does its work", "part"),
    CREDENTIALS_EXPIRE("virtualwire_credentials_expire_seconds", "How long the daemon's own certificate still holds"),
    CREDENTIALS_LIFE("virtualwire_credentials_life_seconds", "How long it held when it was made"),

    ENDPOINTS("virtualwire_endpoints", "Endpoints of a tenant here", "tenant"),
    ENDPOINT_UP("virtualwire_endpoint_up", "Whether frames can pass an endpoint", "tenant", "endpoint"),
    ENDPOINT_FRAMES(
            "virtualwire_endpoint_frames_total", "Frames through an endpoint", "tenant", "endpoint", "direction"),
    ENDPOINT_BYTES("virtualwire_endpoint_bytes_total", "Bytes through an endpoint", "tenant", "endpoint", "direction"),
    ENDPOINT_DROPS("virtualwire_endpoint_drops_total", "Frames dropped at an endpoint", "tenant", "endpoint", "reason"),

    WIRES("virtualwire_wires", "Sides of wires of a tenant here", "tenant"),
    WIRE_UP("virtualwire_wire_up", "Whether frames can pass a side of a wire", "tenant", "wire", "side"),
    WIRE_FRAMES("virtualwire_wire_frames_total", "Frames through a side", "tenant", "wire", "side", "direction"),
    WIRE_BYTES("virtualwire_wire_bytes_total", "Bytes through a side", "tenant", "wire", "side", "direction"),
    WIRE_RELAYED(
            "virtualwire_wire_relayed_frames_total",
            "Frames that a side relayed during moves",
            "tenant",
            "wire",
            "side"),
    WIRE_DROPS("virtualwire_wire_drops_total", "Frames dropped at a side", "tenant", "wire", "side", "reason"),

    PORT_UP("virtualwire_port_up", "Whether frames can pass a port of a component held here", "component", "port"),
    PORT_BLOCKED("virtualwire_port_blocked", "Whether a port is blocked because of a loop", "component", "port"),
    PORT_FRAMES("virtualwire_port_frames_total", "Frames through a port", "component", "port", "direction"),
    PORT_BYTES("virtualwire_port_bytes_total", "Bytes through a port", "component", "port", "direction"),
    PORT_DROPS("virtualwire_port_drops_total", "Frames dropped or filtered at a port", "component", "port", "reason"),
    COMPONENT_ADDRESSES("virtualwire_component_addresses", "Addresses that a switch held here knows", "component"),

    ASSOCIATION_UP("virtualwire_association_up", "Whether there is a session with a peer", "peer"),
    ASSOCIATION_ROUND_TRIP("virtualwire_association_round_trip_seconds", "The smoothed round trip to a peer", "peer"),
    ASSOCIATION_DATAGRAM_BYTES(
            "virtualwire_association_datagram_bytes", "The largest datagram the path carries", "peer"),
    ASSOCIATION_PATH("virtualwire_association_path_info", "1, for the address that is used", "peer", "address"),
    ASSOCIATION_WAY(
            "virtualwire_association_way_info",
            "1, for what carries datagrams: direct (UDP), tcp or relay",
            "peer",
            "way"),
    RELAYED_STREAMS(
            "virtualwire_relayed_streams", "Connections between two peers that lead through this daemon", "tenant"),
    RELAYED_BYTES("virtualwire_relayed_bytes_total", "What those have carried, both ways", "tenant"),
    ASSOCIATION_DATAGRAMS("virtualwire_association_datagrams_total", "Datagrams", "peer", "direction"),
    ASSOCIATION_PASSED_ON(
            "virtualwire_association_passed_on_total",
            "Datagrams and messages that came to one owner thread and belong to another",
            "peer"),
    ASSOCIATION_DROPS("virtualwire_association_drops_total", "Datagrams dropped", "peer", "reason"),

    DROPS("virtualwire_drops_total", "All that this daemon dropped, every reason", "reason"),
    HANDSHAKES_REFUSED("virtualwire_handshakes_refused_total", "Peers that did not prove who they are"),

    JOURNAL_BYTES("virtualwire_journal_bytes", "How long the journal's file is"),
    JOURNAL_COMMITS("virtualwire_journal_commits_total", "Groups of changes forced to disk"),
    JOURNAL_COMMIT_SECONDS("virtualwire_journal_commit_seconds_total", "Time spent forcing them"),
    JOURNAL_FAILURES("virtualwire_journal_failures_total", "Groups that could not be written"),

    FABRIC_VERSION("virtualwire_fabric_version", "The version of the topology that is agreed on"),
    NODES("virtualwire_nodes", "Nodes that ever announced themselves"),
    NODES_PRESENT("virtualwire_nodes_present", "Nodes that this one can reach, itself included"),
    LOG_INDEX("virtualwire_log_index", "The last entry of the replicated log that this node has applied"),
    LOG_LEADER("virtualwire_log_leader", "Whether this node leads the log"),
    EVENTS("virtualwire_events_total", "Events agreed on since this node started", "type"),
    COMPONENT_HELD("virtualwire_component_held", "Whether a node holds a component", "component", "node"),
    COMPONENT_MOVING("virtualwire_component_moving", "Whether a component moves now", "component"),
    MIGRATIONS("virtualwire_migrations_total", "Measured moves since this node started"),
    MIGRATION_SECONDS("virtualwire_migration_seconds_total", "What they took together", "phase"),
    MIGRATION_LAST_SECONDS("virtualwire_migration_last_seconds", "What the latest one took", "phase");

    private final String metricName;
    private final String help;
    private final List<String> labels;

    Metric(String metricName, String help, String... labels) {
        this.metricName = metricName;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** As queries call it. */
    public String metricName() {
        return metricName;
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }

    boolean isCounter() {
        return metricName.endsWith("_total");
    }
}
