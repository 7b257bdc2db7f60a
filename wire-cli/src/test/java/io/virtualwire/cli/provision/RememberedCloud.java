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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A cloud that is a list of names, in which nobody gets in who was not admitted; its hosts have a shell if one is given to them. */
final class RememberedCloud implements CloudType, CloudAdapter {
    private final Map<String, CloudHost> hosts = new ConcurrentSkipListMap<>();
    private final Map<String, Set<Admission>> admitted = new ConcurrentSkipListMap<>();

    private final Map<String, String> userData = new ConcurrentSkipListMap<>();
    private final Map<String, HostShell> shells = new ConcurrentSkipListMap<>();

    private final String type;
    private final Optional<InetAddress> outside;

    RememberedCloud() {
        type = "remembered";
        outside = Optional.empty();
    }

    RememberedCloud(String type, String outside) {
        this.type = type;
        this.outside = Optional.of(InetAddress.ofLiteral(outside));
    }

    void shell(String host, HostShell shell) {
        shells.put(host, shell);
    }

    /** Gives a host another address. */
    void move(String host, String address) {
        hosts.computeIfPresent(
                host,
                (name, now) -> new CloudHost(
                        name,
                        HostState.RUNNING,
                        InetAddress.ofLiteral(address),
                        now.inside(),
                        now.network(),
                        now.mtu(),
                        now.type(),
                        now.id()));
    }

    /** What each was to be told at its first boot. */
    Map<String, String> userData() {
        return userData;
    }

    Set<String> names() {
        return hosts.keySet();
    }

    Map<String, Set<Admission>> admitted() {
        return admitted;
    }

    @Override
    public String type() {
        return type;
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
        userData.put(order.name(), order.userData());
        return hosts.computeIfAbsent(
                order.name(),
                name -> new CloudHost(
                        name,
                        HostState.RUNNING,
                        InetAddress.ofLiteral("192.0.2." + (hosts.size() + 1)),
                        InetAddress.ofLiteral("10.0.0." + (hosts.size() + 1)),
                        "net-of-" + type,
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
        @Nullable HostShell shell = shells.get(host.name());
        if (shell == null) {
            throw new WireException(ErrorCode.UNAVAILABLE, "nobody is there", "");
        }
        return shell;
    }

    @Override
    public void admit(String host, Set<Admission> peers) {
        admitted.put(host, peers);
    }

    @Override
    public Optional<InetAddress> outside() {
        return outside;
    }

    @Override
    public boolean filters() {
        return true;
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
