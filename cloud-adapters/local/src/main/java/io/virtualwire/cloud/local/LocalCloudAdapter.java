package io.virtualwire.cloud.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A cloud made of network namespaces on this machine: each host is one, joined to the cloud's gateway by a veth.
 *
 * <pre>
 *   host a  eth0 .2 ── .1 a ┐
 *                           ├ gateway namespace CLOUD-gw, which routes
 *   host b  eth0 .6 ── .5 b ┘
 * </pre>
 *
 * <p>The n-th host has the n-th /30 of the cloud's network. Needs root and iproute2. What exists is what the kernel says.
 */
public final class LocalCloudAdapter implements CloudAdapter {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,7}");
    private static final int HOSTS = 64;

    private final String cloud;
    private final byte[] network;
    private final Iproute ip = new Iproute();

    /**
     * @param cloud the cloud's name, which begins its namespaces' names
     * @param network the first address of a /24 for the cloud's underlay, such as 192.0.2.0
     */
    public LocalCloudAdapter(String cloud, InetAddress network) {
        this.cloud = cloud;
        this.network = network.getAddress();
        if (!Pattern.matches("[a-z][a-z0-9-]{0,19}", cloud) || this.network.length != 4 || this.network[3] != 0) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cloud '" + cloud + "' on " + network.getHostAddress() + " cannot be made",
                    "use a name of a-z 0-9 -, at most 20 long, and an IPv4 network that ends in .0");
        }
    }

    @Override
    public String name() {
        return cloud;
    }

    @Override
    public List<CloudHost> hosts() {
        List<CloudHost> hosts = new ArrayList<>();
        for (String namespace : ip.namespaces()) {
            String host = namespace.startsWith(cloud + "-") ? namespace.substring(cloud.length() + 1) : "gw";
            if (!host.equals("gw")) {
                find(host).ifPresent(hosts::add);
            }
        }
        hosts.sort((one, other) -> one.name().compareTo(other.name()));
        return hosts;
    }

    @Override
    public CloudHost launch(String host) {
        requireName(host);
        Optional<CloudHost> existing = find(host);
        if (existing.isPresent()) {
            return existing.get();
        }
        remove(host);
        makeGateway();
        int number = freeNumber();
        String gateway = address(4 * number + 1);
        try {
            ip.run("netns", "add", namespace(host));
            ip.run("-n", namespace(host), "link", "set", "lo", "up");
            ip.run(
                    "link",
                    "add",
                    "eth0",
                    "netns",
                    namespace(host),
                    "mtu",
                    "1500",
                    "type",
                    "veth",
                    "peer",
                    "name",
                    host,
                    "netns",
                    namespace("gw"),
                    "mtu",
                    "1500");
            ip.run("-n", namespace("gw"), "addr", "add", gateway + "/30", "dev", host);
            ip.run("-n", namespace("gw"), "link", "set", host, "up");
            ip.run("-n", namespace(host), "addr", "add", address(4 * number + 2) + "/30", "dev", "eth0");
            ip.run("-n", namespace(host), "link", "set", "eth0", "up");
            ip.run("-n", namespace(host), "route", "add", "default", "via", gateway);
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

    @Override
    public void remove(String host) {
        requireName(host);
        if (ip.namespaces().contains(namespace(host))) {
            ip.run("netns", "delete", namespace(host));
        }
        if (hosts().isEmpty() && ip.namespaces().contains(namespace("gw"))) {
            ip.run("netns", "delete", namespace("gw"));
        }
    }

    @Override
    public CommandResult run(String host, Duration limit, List<String> command) {
        if (find(host).isEmpty()) {
            throw new WireException(
                    ErrorCode.NOT_FOUND, "cloud " + cloud + " has no host '" + host + "'", "launch it first");
        }
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace(host)));
        line.addAll(command);
        return Iproute.execute(line, limit);
    }

    private Optional<CloudHost> find(String host) {
        if (!ip.namespaces().contains(namespace(host))) {
            return Optional.empty();
        }
        for (JsonNode link : ip.addresses(namespace(host))) {
            for (JsonNode address : link.path("addr_info")) {
                if (link.path("ifname").asText().equals("eth0")
                        && address.path("family").asText().equals("inet")) {
                    return Optional.of(new CloudHost(
                            host,
                            parse(address.path("local").asText()),
                            link.path("mtu").asInt()));
                }
            }
        }
        return Optional.empty();
    }

    private void makeGateway() {
        if (!ip.namespaces().contains(namespace("gw"))) {
            ip.run("netns", "add", namespace("gw"));
            ip.run("-n", namespace("gw"), "link", "set", "lo", "up");
            Iproute.require(List.of("ip", "netns", "exec", namespace("gw"), "sysctl", "-qw", "net.ipv4.ip_forward=1"));
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

    private static void requireName(String host) {
        if (!NAME.matcher(host).matches() || host.equals("gw")) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + host + "' cannot be a host's name",
                    "use 1 to 8 of a-z 0-9 -, beginning with a letter, and not gw");
        }
    }
}
