package io.virtualwire.cloud.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.cloud.spi.Admission;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.HostState;
import io.virtualwire.cloud.spi.LocalCommand;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A cloud made of network namespaces on this machine: each host is one, joined to the cloud's gateway by a veth.
 *
 * <pre>
 *   host a  eth0 .2 ── .1 a ┐
 *                           ├ gateway namespace CLOUD-gw, which routes  uplink .254 ── .253 CLOUD-up  where this runs
 *   host b  eth0 .6 ── .5 b ┘
 * </pre>
 *
 * <p>The n-th host has the n-th /30 of the cloud's network, and the last one is the way to the namespace that launched the first.
 * Needs root and iproute2. What exists is what the kernel says; files of a host are in a folder of its name.
 */
public final class LocalCloudAdapter implements CloudAdapter {
    private static final int HOSTS = 63;
    private static final int UPLINK = 4 * HOSTS + 1;
    private static final int MTU = 1500;
    private static final String GATEWAY = "gw";
    private static final String UP = "uplink";
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String cloud;
    private final byte[] network;
    private final Optional<InetAddress> outside;
    private final Path folder;
    private final Iproute ip = new Iproute();

    /**
     * @param cloud the cloud's name, which begins its namespaces' names
     * @param network the first address of a /24 for the cloud's underlay, such as 192.0.2.0
     * @param outside as which address others see its hosts, where this machine translates theirs
     * @param folder where files of its hosts are kept
     */
    public LocalCloudAdapter(String cloud, InetAddress network, Optional<InetAddress> outside, Path folder) {
        this.cloud = cloud;
        this.outside = outside;
        this.folder = folder;
        this.network = network.getAddress();
        if (!Pattern.matches("[a-z][a-z0-9-]{0,11}", cloud) || this.network.length != 4 || this.network[3] != 0) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cloud '" + cloud + "' on " + network.getHostAddress() + " cannot be made",
                    "use a name of a-z 0-9 -, at most 12 long, and an IPv4 network that ends in .0");
        }
    }

    @Override
    public String name() {
        return cloud;
    }

    @Override
    public List<CloudHost> hosts() {
        List<CloudHost> hosts = new ArrayList<>();
        for (String host : namespaces()) {
            if (!host.equals(GATEWAY)) {
                find(host).ifPresent(hosts::add);
            }
        }
        hosts.sort((one, other) -> one.name().compareTo(other.name()));
        return hosts;
    }

    @Override
    public synchronized CloudHost launch(HostOrder order) {
        String host = requireName(order.name());
        if (order.type() != null) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot launch " + host + " as '" + order.type() + "': namespaces have no sizes",
                    "leave --type out");
        }
        Optional<CloudHost> existing = find(host);
        if (existing.isPresent()) {
            return existing.get();
        }
        remove(host);
        try {
            makeGateway();
            make(host, 4 * freeNumber());
        } catch (WireException e) {
            remove(host);
            throw e;
        }
        return find(host)
                .orElseThrow(() -> new WireException(
                        ErrorCode.UNAVAILABLE,
                        "host " + host + " of cloud " + cloud + " was made and is gone again",
                        "see whether something else removes namespaces on this machine"));
    }

    private void make(String host, int base) {
        String gateway = address(base + 1);
        ip.run("netns", "add", namespace(host));
        ip.run("-n", namespace(host), "link", "set", "lo", "up");
        link(host, "eth0", List.of("netns", namespace(GATEWAY)), host);
        ip.run("-n", namespace(GATEWAY), "addr", "add", gateway + "/30", "dev", host);
        ip.run("-n", namespace(GATEWAY), "link", "set", host, "up");
        ip.run("-n", namespace(host), "addr", "add", address(base + 2) + "/30", "dev", "eth0");
        ip.run("-n", namespace(host), "link", "set", "eth0", "up");
        ip.run("-n", namespace(host), "route", "add", "default", "via", gateway);
    }

    /** Makes a link in the namespace of {@code host}, whose other end is called {@code peer}. */
    private void link(String host, String name, List<String> elsewhere, String peer) {
        String mtu = Integer.toString(MTU);
        List<String> line = new ArrayList<>(List.of("-n", namespace(host), "link", "add", name, "mtu", mtu));
        line.addAll(List.of("type", "veth", "peer", "name", peer, "mtu", mtu));
        line.addAll(elsewhere);
        ip.run(line.toArray(String[]::new));
    }

    @Override
    public synchronized void remove(String host) {
        requireName(host);
        if (namespaces().contains(host)) {
            endProcesses(host);
            ip.run("netns", "delete", namespace(host));
            unlink(host);
        }
        deleteFiles(folder.resolve(host));
        if (namespaces().equals(List.of(GATEWAY))) {
            removeGateway();
        }
    }

    private void removeGateway() {
        unlink(UP);
        ip.run("netns", "delete", namespace(GATEWAY));
    }

    /** The kernel takes a namespace apart when it has time, and until then its links' other ends have their names. */
    private void unlink(String name) {
        if (!namespaces().contains(GATEWAY)) {
            return;
        }
        for (JsonNode link : ip.addresses(namespace(GATEWAY))) {
            if (link.path("ifname").asText().equals(name)) {
                new LocalCommand(List.of("ip", "-n", namespace(GATEWAY), "link", "delete", name))
                        .run(LIMIT, new byte[0]);
            }
        }
    }

    /** A namespace lives for as long as a process is in it, whatever its name is. */
    private void endProcesses(String host) {
        List<ProcessHandle> processes = Iproute.require(List.of("ip", "netns", "pids", namespace(host)))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .toList();
        processes.forEach(ProcessHandle::destroy);
        CompletableFuture<Void> ended = CompletableFuture.allOf(
                processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
        try {
            ended.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            processes.forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            processes.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static void deleteFiles(Path host) {
        if (!Files.exists(host)) {
            return;
        }
        try (Stream<Path> files = Files.walk(host)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "cannot delete " + host + ": " + IoReason.of(e), "delete it yourself", e);
        }
    }

    @Override
    public HostShell shell(CloudHost host) {
        return new NamespaceShell(
                namespace(host.name()),
                () -> namespaces().contains(host.name()),
                folder.toAbsolutePath().resolve(host.name()));
    }

    @Override
    public void admit(String host, Set<Admission> peers) {
        // Nothing filters between namespaces.
    }

    @Override
    public Optional<InetAddress> outside() {
        return outside;
    }

    @Override
    public List<CloudResource> resources() {
        return namespaces().stream()
                .sorted()
                .map(host -> new CloudResource(
                        "namespace", namespace(host), host.equals(GATEWAY) ? null : host, BigDecimal.ZERO))
                .toList();
    }

    @Override
    public void close() {
        // Nothing is held open.
    }

    /** What comes after the cloud's name in the names of its namespaces. */
    private List<String> namespaces() {
        return ip.namespaces().stream()
                .filter(namespace -> namespace.startsWith(cloud + "-"))
                .map(namespace -> namespace.substring(cloud.length() + 1))
                .toList();
    }

    private Optional<CloudHost> find(String host) {
        if (!namespaces().contains(host)) {
            return Optional.empty();
        }
        for (JsonNode link : ip.addresses(namespace(host))) {
            for (JsonNode address : link.path("addr_info")) {
                if (link.path("ifname").asText().equals("eth0")
                        && address.path("family").asText().equals("inet")) {
                    return Optional.of(new CloudHost(
                            host,
                            HostState.RUNNING,
                            parse(address.path("local").asText()),
                            null,
                            null,
                            link.path("mtu").asInt(),
                            null,
                            namespace(host)));
                }
            }
        }
        return Optional.empty();
    }

    private void makeGateway() {
        if (namespaces().contains(GATEWAY)) {
            return;
        }
        String uplink = cloud + "-up";
        String here = address(UPLINK);
        String gateway = address(UPLINK + 1);
        ip.run("netns", "add", namespace(GATEWAY));
        try {
            ip.run("-n", namespace(GATEWAY), "link", "set", "lo", "up");
            Iproute.require(
                    List.of("ip", "netns", "exec", namespace(GATEWAY), "sysctl", "-qw", "net.ipv4.ip_forward=1"));
            // By the number of the process, because the namespace that it runs in may have no name.
            link(
                    GATEWAY,
                    UP,
                    List.of("netns", Long.toString(ProcessHandle.current().pid())),
                    uplink);
            ip.run("-n", namespace(GATEWAY), "addr", "add", gateway + "/30", "dev", UP);
            ip.run("-n", namespace(GATEWAY), "link", "set", UP, "up");
            ip.run("addr", "add", here + "/30", "dev", uplink);
            ip.run("link", "set", uplink, "up");
            ip.run("-n", namespace(GATEWAY), "route", "add", "default", "via", here);
            ip.run("route", "add", address(0) + "/24", "via", gateway, "dev", uplink);
        } catch (WireException e) {
            removeGateway();
            throw new WireException(
                    e.code(),
                    "cannot join cloud " + cloud + " to this machine: " + e.getMessage(),
                    "if another cloud has its network, give this one another with --network; " + e.hint(),
                    e);
        }
    }

    private int freeNumber() {
        BitSet taken = new BitSet(HOSTS);
        hosts().forEach(host -> taken.set((host.address().getAddress()[3] & 0xff) / 4));
        int number = taken.nextClearBit(0);
        if (number >= HOSTS) {
            throw new WireException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "cloud " + cloud + " has " + HOSTS + " hosts, its network holds no more",
                    "remove one, or make a second cloud");
        }
        return number;
    }

    private String namespace(String host) {
        return cloud + "-" + host;
    }

    private String address(int last) {
        return (network[0] & 0xff) + "." + (network[1] & 0xff) + "." + (network[2] & 0xff) + "." + last;
    }

    private static InetAddress parse(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new WireException(ErrorCode.INTERNAL, "ip(8) printed the address '" + literal + "'", "", e);
        }
    }

    private static String requireName(String host) {
        HostOrder.requireName(host);
        if (host.equals(GATEWAY) || host.equals(UP) || host.equals("lo")) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + host + "' cannot be a host's name here", "choose another");
        }
        return host;
    }
}
