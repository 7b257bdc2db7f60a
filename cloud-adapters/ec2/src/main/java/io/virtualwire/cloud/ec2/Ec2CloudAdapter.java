package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.spi.Admission;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.HostState;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;

/**
 * Hosts as instances of EC2: launched in the order types, place, image, security group, key, instance, and removed in the other one.
 *
 * <p>Nothing is remembered here: what there is EC2 tells, by the tags that everything has from its creation.
 */
final class Ec2CloudAdapter implements CloudAdapter {
    /* What ENA carries within a VPC. To the outside it is 1500, which the wires' own measurement of the path finds. */
    private static final int MTU = 9001;

    private final String name;
    private final Ec2Settings settings;
    private final Ec2Access ec2;
    private final InstanceSizes sizes;
    private final Places places;
    private final SecurityGroups groups;
    private final LoginKeys keys;
    private final Instances instances;
    private final Removal removal;
    private final Prices prices;
    private final Inventory inventory;
    private final Doors doors;

    private Ec2CloudAdapter(String name, Ec2Settings settings, Ec2Access ec2, Prices prices, Path folder) {
        this.name = name;
        this.prices = prices;
        this.settings = settings;
        this.ec2 = ec2;
        Tags tags = new Tags(name);
        sizes = new InstanceSizes(ec2, settings);
        places = new Places(ec2, settings);
        groups = new SecurityGroups(ec2, tags);
        keys = new LoginKeys(ec2, tags, settings, folder);
        instances = new Instances(ec2, tags, settings);
        removal = new Removal(ec2, tags, instances, groups, keys);
        inventory = new Inventory(ec2, tags, instances, groups, keys, prices);
        doors = new Doors(ec2, settings, keys, folder);
    }

    static Ec2CloudAdapter open(String name, Ec2Settings settings, Path folder) {
        return open(name, settings, folder, Pace.REAL, List.of());
    }

    /** @param interceptors see every request before it is sent */
    static Ec2CloudAdapter open(
            String name, Ec2Settings settings, Path folder, Pace pace, List<ExecutionInterceptor> interceptors) {
        return new Ec2CloudAdapter(
                name,
                settings,
                Ec2Access.open(name, settings, pace, interceptors),
                new Prices(settings, new PriceList(settings, System.getenv())),
                folder);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<CloudHost> hosts() {
        return instances.all().stream().map(this::described).toList();
    }

    @Override
    public CloudHost launch(HostOrder order) {
        Optional<Instance> existing = instances.find(order.name());
        if (existing.isPresent()) {
            Instance instance = existing.get();
            HostState state = state(instance);
            if (state == HostState.STARTING) {
                instances.awaitRunning(order.name(), instance.instanceId(), order.patience());
            }
            return host(order.name());
        }
        Removal.Known made = Removal.Known.nothing();
        try {
            return make(order, made);
        } catch (RuntimeException e) {
            undo(order.name(), made, e);
            throw e;
        }
    }

    private CloudHost make(HostOrder order, Removal.Known made) {
        InstanceSizes.Choice size = sizes.require(order.type() == null ? settings.type() : order.type());
        List<Places.Place> offering = places.offering(size.type());
        Places.Bootable image = places.image(size.architecture());
        Cidr sshFrom = CallerAddress.of(name, settings);
        String group = groups.ensure(order.name(), offering.getFirst().vpc(), sshFrom, made.groups()::add);
        String key = keys.ensure(order.name());
        Instances.Parts parts = new Instances.Parts(order, size, image, group, key);
        String id = ec2.ask("launch host " + order.name(), () -> run(parts, offering));
        made.instances().add(id);
        instances.awaitRunning(order.name(), id, order.patience());
        return host(order.name());
    }

    /* Where nothing is free, the next zone may have something. */
    private String run(Instances.Parts parts, List<Places.Place> offering) {
        SdkException last = null;
        for (Places.Place place : offering) {
            try {
                return instances.run(parts, place);
            } catch (SdkException e) {
                if (!Ec2Access.codeOf(e).equals("InsufficientInstanceCapacity")) {
                    throw e;
                }
                last = e;
            }
        }
        throw java.util.Objects.requireNonNull(last, "there is at least one place");
    }

    private void undo(String host, Removal.Known made, RuntimeException failure) {
        try {
            removal.remove(host, made);
        } catch (RuntimeException e) {
            failure.addSuppressed(new WireException(
                    ErrorCode.SYSTEM,
                    "and what was made for host " + host + " so far could not be removed: " + e.getMessage(),
                    "run 'wire host rm " + host + "'",
                    e));
        }
    }

    private CloudHost host(String host) {
        return instances
                .find(host)
                .map(this::described)
                .orElseThrow(() -> new WireException(
                        ErrorCode.UNAVAILABLE,
                        "host " + host + " of cloud " + name + " was launched and is gone again",
                        "see 'aws ec2 describe-instances' for who terminated it"));
    }

    private CloudHost described(Instance instance) {
        InetAddress inside = address(instance.privateIpAddress());
        InetAddress outside = address(instance.publicIpAddress());
        return new CloudHost(
                Tags.hostOf(instance.tags()),
                state(instance),
                outside != null ? outside : inside != null ? inside : InetAddress.getLoopbackAddress(),
                inside,
                instance.vpcId(),
                MTU,
                instance.instanceTypeAsString(),
                instance.instanceId());
    }

    private static @Nullable InetAddress address(@Nullable String text) {
        return text == null ? null : InetAddress.ofLiteral(text);
    }

    private static HostState state(Instance instance) {
        return switch (instance.state().name()) {
            case PENDING -> HostState.STARTING;
            case RUNNING -> HostState.RUNNING;
            case STOPPING, STOPPED -> HostState.STOPPED;
            default -> HostState.GONE;
        };
    }

    @Override
    public void remove(String host) {
        HostOrder.requireName(host);
        Optional<Instance> instance = instances.find(host);
        removal.remove(host, Removal.Known.nothing());
        instance.map(Instance::instanceId).ifPresent(doors::forget);
    }

    @Override
    public HostShell shell(CloudHost host) {
        CloudHost now = instances
                .find(host.name())
                .map(this::described)
                .filter(found -> found.id().equals(host.id()))
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "cloud " + name + " has no host " + host.name() + " (" + host.id() + ") any more",
                        "launch it again"));
        return doors.open(now);
    }

    @Override
    public void admit(String host, Set<Admission> peers) {
        SecurityGroup group = groups.find(HostOrder.requireName(host))
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "cloud " + name + " has no security group of host " + host,
                        "launch the host first"));
        groups.admit(host, group, peers);
    }

    @Override
    public boolean filters() {
        return true;
    }

    @Override
    public List<CloudResource> resources() {
        return inventory.list();
    }

    @Override
    public Optional<BigDecimal> dollarsPerHour() {
        return prices.instance(settings.type())
                .flatMap(instance -> prices.publicAddress().map(instance::add))
                .flatMap(most -> prices.volume(Instances.DISK.toString(), settings.diskGibibytes())
                        .map(most::add));
    }

    @Override
    public void close() {
        ec2.close();
    }
}
