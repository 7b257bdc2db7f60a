package io.virtualwire.cloud.libvirt;

import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.vm.LibvirtHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A libvirt daemon of its own, with a pool and a network, whose guests this process reaches.
 *
 * <pre>
 *   this process 198.18.N.253 ── veth ── 198.18.N.254 hypervisor: libvirtd ── virbr0 198.18.N.1/25 ── TAPs ── guests, by DHCP .10 to .99
 * </pre>
 */
final class HypervisorLab implements AutoCloseable {
    static final String CLOUD = "lab";

    private final Namespaces lab = Namespaces.open();
    private final String prefix = draw(lab);
    private final LibvirtHost libvirt;
    private final Path images;

    HypervisorLab() {
        Namespace hypervisor = lab.namespace("hypervisor");
        String up = "vl" + Long.toString(System.nanoTime() % 2_176_782_336L, 36) + "-up";
        hypervisor.forwarding();
        lab.host("ip", "link", "add", up, "type", "veth", "peer", "name", "up0", "netns", hypervisor.name())
                .orFail();
        lab.host("ip", "address", "add", prefix + "253/30", "dev", up).orFail();
        lab.host("ip", "link", "set", up, "up").orFail();
        lab.host("ip", "route", "add", prefix + "0/25", "via", prefix + "254").orFail();
        hypervisor.address("up0", prefix + "254/30").route("default", prefix + "253");
        libvirt = LibvirtHost.start(hypervisor, lab.scratch().resolve("libvirt"), prefix + "254");
        images = libvirt.image("x").getParent();
        libvirt.awaitReady();
        define(
                "pool",
                "<pool type='dir'><name>default</name>"
                        + "<target><path>/var/lib/libvirt/images</path></target></pool>");
        // Open: libvirt writes no rules of a firewall, which nobody needs here. Nor does its DHCP first ask for seconds
        // who has an address.
        define("net", """
                <network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
                  <name>default</name>
                  <forward mode='open'/>
                  <bridge name='virbr0' delay='0'/>
                  <ip address='%1$s1' prefix='25'><dhcp><range start='%1$s10' end='%1$s99'/></dhcp></ip>
                  <dnsmasq:options><dnsmasq:option value='no-ping'/></dnsmasq:options>
                </network>
                """.formatted(prefix));
    }

    /* Of the networks for benchmarks: each lab has one of its own, because this machine has a way to each. */
    private static String draw(Namespaces lab) {
        String drawn;
        do {
            drawn = "198." + ThreadLocalRandom.current().nextInt(18, 20) + "."
                    + ThreadLocalRandom.current().nextInt(256) + ".";
        } while (!lab.host("ip", "route", "show", "root", drawn + "0/24").text().isBlank());
        return drawn;
    }

    private void define(String kind, String xml) {
        try {
            Path file = Files.writeString(lab.scratch().resolve(kind + ".xml"), xml);
            libvirt.virsh(kind + "-define", file.toString());
            libvirt.virsh(kind + "-start", "default");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LibvirtHost libvirt() {
        return libvirt;
    }

    /** A folder that goes with the lab. */
    Path folder() {
        return lab.scratch();
    }

    /** What there is: names of domains and of volumes, as virsh and the folder tell. */
    String inventory() {
        return libvirt.virsh("list", "--all", "--name").text().strip()
                + libvirt.virsh("vol-list", "default").text().strip();
    }

    /** Where the pool's files are. */
    Path images() {
        return images;
    }

    Map<String, String> settings(Path image, String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "uri",
                libvirt.uri(),
                "image",
                image.toString(),
                "user",
                "root",
                "size",
                "1x96",
                "disk",
                "1",
                "virtualization",
                "software"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    @Override
    public void close() {
        libvirt.close();
        lab.close();
    }
}
