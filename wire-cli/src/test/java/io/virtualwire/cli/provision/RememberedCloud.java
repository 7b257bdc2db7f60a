package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.Admission;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.CloudSetting;
import io.virtualwire.cloud.spi.CloudType;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.HostState;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** A cloud that is a list of names; its hosts have no shell, since the steps that would use one are stood in for as well. */
final class RememberedCloud implements CloudType, CloudAdapter {
    private final Map<String, CloudHost> hosts = new ConcurrentSkipListMap<>();
    private final Map<String, Set<Admission>> admitted = new ConcurrentSkipListMap<>();

    Set<String> names() {
        return hosts.keySet();
    }

    Map<String, Set<Admission>> admitted() {
        return admitted;
    }

    @Override
    public String type() {
        return "remembered";
    }

    @Override
    public List<CloudSetting> settings() {
        return List.of();
    }

    @Override
    public CloudAdapter open(String name, Map<String, String> settings, Path folder) {
        return this;
    }

    @Override
    public String name() {
        return type();
    }

    @Override
    public List<CloudHost> hosts() {
        return List.copyOf(hosts.values());
    }

    @Override
    public CloudHost launch(HostOrder order) {
        if ("none".equals(order.type())) {
            throw new WireException(ErrorCode.QUOTA_EXCEEDED, "there is no room", "ask for another type");
        }
        return hosts.computeIfAbsent(
                order.name(),
                name -> new CloudHost(
                        name,
                        HostState.RUNNING,
                        InetAddress.ofLiteral("192.0.2." + (hosts.size() + 1)),
                        InetAddress.ofLiteral("10.0.0." + (hosts.size() + 1)),
                        "net",
                        1500,
                        order.type(),
                        "id-" + name));
    }

    @Override
    public void remove(String host) {
        hosts.remove(host);
        admitted.remove(host);
    }

    @Override
    public HostShell shell(CloudHost host) {
        throw new WireException(ErrorCode.UNAVAILABLE, "nobody is there", "");
    }

    @Override
    public void admit(String host, Set<Admission> peers) {
        admitted.put(host, peers);
    }

    @Override
    public List<CloudResource> resources() {
        return hosts.keySet().stream()
                .map(name -> new CloudResource("name", "id-" + name, name, null))
                .toList();
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
