package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/** Has the node on a host whose address has changed name itself under the new one, which it tells the other nodes when it starts. */
final class NodeAddress {
    private static final String KIND = "node";

    private final CloudBook clouds;
    private final OwnCommand own;

    NodeAddress(CloudBook clouds, OwnCommand own) {
        this.clouds = clouds;
        this.own = own;
    }

    /** Nothing happens if its file does not have the old one, or is somebody's own. */
    void follow(AddressChange change) {
        HostRecord record = change.host();
        try (CloudAdapter cloud = clouds.open(record.cloud());
                HostShell shell = cloud.shell(host(cloud, record.name()))) {
            WireThere wire = new WireThere(shell, own);
            DaemonConfiguration file = new DaemonConfiguration(shell, wire.configuration(KIND));
            if (file.replace(change.from(), change.to()) || file.isUnread()) {
                shell.services().restart(wire.daemon(KIND));
                file.read();
            }
        }
    }

    private static CloudHost host(CloudAdapter cloud, String name) {
        return cloud.hosts().stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "cloud " + cloud.name() + " has no " + name + " any more",
                        "see 'wire host ls'"));
    }
}
