package io.virtualwire.cloud.ec2.standin;

import io.virtualwire.cloud.ec2.standin.InstanceBacking.Machine;
import io.virtualwire.cloud.ec2.standin.InstanceBacking.Opening;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The network between instances and the rest of the world, made of a namespace that routes, translates addresses, and lets through
 * what security groups do.
 *
 * <pre>
 *   machine  eth0 172.31.0.4/32 ── m4 ┐
 *                                     ├ namespace PREFIX-vpc   wan .254 ── .253 PREFIX-up  the namespace that this runs in
 *   machine  eth0 172.31.0.5/32 ── m5 ┘   9001 bytes inside, 1500 outside
 * </pre>
 *
 * <p>A public address is translated to the private one at the way out, as an internet gateway does. From inside, public addresses of
 * the same network are not reached: hosts in there have to use the private ones.
 */
public final class VpcNetwork implements AutoCloseable {
    static final int INSIDE = 9001;
    static final int OUTSIDE = 1500;

    /** Where machines send what is not for their own network. */
    static final String ROUTER = "169.254.1.1";

    static final String VPC = "172.31.0.0/16";

    private static final String METADATA = "169.254.169.254";

    private final String namespace;
    private final Map<String, Integer> zones = new HashMap<>();
    private final InetAddress here;
    private int nextZone = 1;
    private String metadata = "";

    /**
     * @param prefix of the names of what is made, at most 8 long
     * @param publicPrefix of a /24 which is routed to it from the namespace that this runs in
     */
    public VpcNetwork(String prefix, String publicPrefix) {
        namespace = prefix + "-vpc";
        here = InetAddress.ofLiteral(publicPrefix + "253");
        String up = prefix + "-up";
        Tool.run("ip", "netns", "add", namespace);
        try {
            Tool.run("ip", "-n", namespace, "link", "set", "lo", "up");
            inside("sysctl", "-qw", "net.ipv4.ip_forward=1");
            String pid = Long.toString(ProcessHandle.current().pid());
            Tool.run(words("ip link add wan netns " + namespace + " mtu " + OUTSIDE + " type veth peer name " + up
                    + " netns " + pid + " mtu " + OUTSIDE));
            Tool.run(words("ip -n " + namespace + " addr add " + publicPrefix + "254/30 dev wan"));
            Tool.run(words("ip -n " + namespace + " link set wan up"));
            Tool.run(words("ip addr add " + publicPrefix + "253/30 dev " + up));
            Tool.run(words("ip link set " + up + " up"));
            Tool.run(words("ip -n " + namespace + " route add default via " + publicPrefix + "253"));
            Tool.run(words("ip route add " + publicPrefix + "0/24 via " + publicPrefix + "254"));
            allow(List.of());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static String[] words(String line) {
        return line.split(" ");
    }

    /** Runs a command in the namespace of the router. */
    void inside(String... command) {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        line.addAll(List.of(command));
        Tool.run(line.toArray(String[]::new));
    }

    /** Where it leads to from inside: an address of the namespace that this runs in. */
    InetAddress here() {
        return here;
    }

    /** Leads instances that ask for their metadata there; who asks is seen by its public address. */
    void serveMetadata(InetSocketAddress service) {
        metadata = "iifname \"m*\" ip daddr " + METADATA + " tcp dport 80 dnat to "
                + service.getAddress().getHostAddress() + ":" + service.getPort() + "\n";
    }

    /** The namespace of the router. */
    public String namespace() {
        return namespace;
    }

    /** The router's device for a machine of this private address; the two are made together. */
    public static String device(String privateAddress) {
        return "m" + privateAddress.substring("172.31.".length()).replace('.', '-');
    }

    /** Joins a namespace to the router, with an {@code eth0} of this address. */
    public void join(String other, String privateAddress) {
        String device = device(privateAddress);
        Tool.run(words("ip link add eth0 netns " + other + " mtu " + INSIDE + " type veth peer name " + device
                + " netns " + namespace + " mtu " + INSIDE));
        route(device, privateAddress);
        Tool.run(words("ip -n " + other + " addr add " + privateAddress + "/32 dev eth0"));
        Tool.run(words("ip -n " + other + " link set eth0 up"));
        Tool.run(words("ip -n " + other + " route add " + ROUTER + " dev eth0"));
        Tool.run(words("ip -n " + other + " route add default via " + ROUTER + " src " + privateAddress));
    }

    /** Sends what is for this address to a device that is in the router's namespace already. */
    public void route(String device, String privateAddress) {
        Tool.run(words("ip -n " + namespace + " addr add " + ROUTER + "/32 dev " + device));
        Tool.run(words("ip -n " + namespace + " link set " + device + " up"));
        Tool.run(words("ip -n " + namespace + " route add " + privateAddress + "/32 dev " + device));
    }

    /** Takes a machine's device away. */
    public void leave(String privateAddress) {
        Tool.attempt(words("ip -n " + namespace + " link delete " + device(privateAddress)));
    }

    /** Lets through what these machines' groups let in, and translates their public addresses; nothing else passes. */
    public synchronized void allow(List<Machine> machines) {
        StringBuilder zoned = new StringBuilder();
        StringBuilder incoming = new StringBuilder();
        StringBuilder outgoing = new StringBuilder();
        StringBuilder groups = new StringBuilder();
        for (Machine machine : machines) {
            String inside = machine.privateAddress();
            if (machine.publicAddress() != null) {
                String outside = machine.publicAddress();
                // Another zone for another address: what was translated before must not be translated so any more.
                Integer zone = zones.get(inside + outside);
                if (zone == null) {
                    zone = nextZone++;
                    zones.put(inside + outside, zone);
                }
                zoned.append("iifname \"wan\" ip daddr ")
                        .append(outside)
                        .append(" ct zone set ")
                        .append(zone)
                        .append('\n');
                zoned.append("iifname \"")
                        .append(device(inside))
                        .append("\" ip daddr != ")
                        .append(VPC);
                zoned.append(" ct zone set ").append(zone).append('\n');
                incoming.append("iifname \"wan\" ip daddr ")
                        .append(outside)
                        .append(" dnat to ")
                        .append(inside)
                        .append('\n');
                outgoing.append("oifname \"wan\" ip saddr ")
                        .append(inside)
                        .append(" snat to ")
                        .append(outside)
                        .append('\n');
                groups.append("oifname \"wan\" ip saddr ").append(inside).append(" accept\n");
            }
            for (Opening opening : machine.openings()) {
                if (!opening.cidr().contains(":")) {
                    groups.append("ip daddr ")
                            .append(inside)
                            .append(" ip saddr ")
                            .append(opening.cidr());
                    groups.append(ports(opening)).append(" accept\n");
                }
            }
        }
        Tool.feed(
                """
                table ip ec2
                delete table ip ec2
                table ip ec2 {
                  chain zones {
                    type filter hook prerouting priority raw
                    %s
                  }
                  chain incoming {
                    type nat hook prerouting priority dstnat
                    %s
                  }
                  chain outgoing {
                    type nat hook postrouting priority srcnat
                    %s
                  }
                  # What is asked for at a launch: guests of an instance, which are further away, do not get at its metadata.
                  chain hops {
                    type filter hook postrouting priority 150
                    oifname "m*" ip saddr %s ip ttl set 1
                  }
                  chain groups {
                    type filter hook forward priority filter; policy drop
                    ct state established,related accept
                    %s
                  }
                }
                """.formatted(zoned, metadata + incoming, outgoing, METADATA, groups),
                "ip",
                "netns",
                "exec",
                namespace,
                "nft",
                "-f",
                "-");
    }

    private static String ports(Opening opening) {
        return switch (opening.protocol()) {
            case "tcp", "udp" -> " " + opening.protocol() + " dport " + opening.from() + "-" + opening.to();
            case "icmp" -> " ip protocol icmp";
            default -> "";
        };
    }

    @Override
    public void close() {
        Tool.attempt("ip", "netns", "delete", namespace);
    }
}
