package io.virtualwire.kernel;

import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A host of a lab with one guest.
 *
 * <pre>
 *   guest: eth0 10.9.0.X ── veth ── g0 │ host: vwire │ eth0 192.0.2.N
 * </pre>
 */
final class KernelHost {
    static final String DEVICE = "g0";
    static final int PORT = 7473;

    private final int number;
    private final Namespace host;
    private final Namespace guest;
    private final CrossConnectConfig config;
    private CrossConnect crossConnect;

    KernelHost(Namespaces lab, String name, int number, String guestAddress) {
        this.number = number;
        host = lab.namespace(name);
        guest = lab.guest(name + "-guest", host, DEVICE, 1450, guestAddress + "/24");
        // Where guests share an address they share its MAC, too: it is one guest that moves.
        guest.ip("link set eth0 address 52:54:00:00:00:0" + guestAddress.charAt(guestAddress.length() - 1));
        config = new CrossConnectConfig(
                new NetworkNamespace(host.name()),
                CrossConnectConfig.DEFAULT_DEVICE,
                PORT,
                Optional.of((Inet4Address) address()),
                lab.scratch().resolve("bpf-" + name));
        crossConnect = CrossConnect.open(config);
    }

    /** An underlay that all of them are on. */
    static void join(Namespaces lab, int mtu, KernelHost... hosts) {
        Namespace underlay = lab.namespace("underlay");
        underlay.ip("link add br0 type bridge");
        underlay.tryRun("sh", "-c", "echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables");
        underlay.ip("link set br0 up");
        for (KernelHost host : hosts) {
            String port = "p" + host.number;
            underlay.run(
                    "ip",
                    "link",
                    "add",
                    port,
                    "mtu",
                    "" + mtu,
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "eth0",
                    "mtu",
                    "" + mtu,
                    "netns",
                    host.host.name());
            underlay.ip("link set " + port + " master br0");
            underlay.ip("link set " + port + " up");
            host.host.address("eth0", "192.0.2." + host.number + "/24");
        }
    }

    Namespace host() {
        return host;
    }

    Namespace guest() {
        return guest;
    }

    NetworkNamespace guestNamespace() {
        return new NetworkNamespace(guest.name());
    }

    CrossConnectConfig config() {
        return config;
    }

    InetAddress address() {
        return InetAddress.ofLiteral("192.0.2." + number);
    }

    CrossConnect crossConnect() {
        return crossConnect;
    }

    void reopen() {
        crossConnect.close();
        crossConnect = CrossConnect.open(config);
    }

    SideReport report() {
        return crossConnect.report(DEVICE);
    }

    /** A wire between two, both of generation 1, both active. */
    static void wire(KernelHost a, KernelHost b, boolean straight) {
        a.crossConnect.plug(DEVICE, straight);
        b.crossConnect.plug(DEVICE, straight);
        int toA = a.crossConnect.reserve();
        int toB = b.crossConnect.reserve();
        a.crossConnect.join(DEVICE, new KernelLeg(toA, b.address(), toB, 1));
        b.crossConnect.join(DEVICE, new KernelLeg(toB, a.address(), toA, 1));
        a.crossConnect.activate(DEVICE);
        b.crossConnect.activate(DEVICE);
    }

    /** Takes everything out of the kernel again, whatever fails. */
    static void remove(Namespaces lab, KernelHost... hosts) {
        try (lab) {
            remove(hosts, 0);
        }
    }

    private static void remove(KernelHost[] hosts, int next) {
        if (next < hosts.length) {
            try {
                if (hosts[next] != null) {
                    hosts[next].crossConnect.demolish();
                }
            } finally {
                remove(hosts, next + 1);
            }
        }
    }
}
