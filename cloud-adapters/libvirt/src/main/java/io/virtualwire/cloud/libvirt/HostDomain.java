package io.virtualwire.cloud.libvirt;

import static io.virtualwire.cloud.libvirt.Xml.child;
import static io.virtualwire.cloud.libvirt.Xml.leaf;

import java.util.Optional;
import java.util.UUID;
import org.w3c.dom.Element;

/**
 * A domain that is a host.
 *
 * @param emulated whether by QEMU alone
 * @param pool in which its volumes are
 * @param format of its disk
 */
record HostDomain(
        UUID id,
        String name,
        HostTag tag,
        GuestSize size,
        boolean emulated,
        String pool,
        VolumeNames volumes,
        String format,
        String network) {

    /** As libvirt wants it. */
    String xml() {
        Element domain = Xml.root("domain");
        domain.setAttribute("type", emulated ? "qemu" : "kvm");
        leaf(domain, "name", name);
        leaf(domain, "uuid", id.toString());
        tag.addTo(domain);
        leaf(domain, "memory", Integer.toString(size.memoryMebibytes())).setAttribute("unit", "MiB");
        leaf(domain, "vcpu", Integer.toString(size.processors()));
        Element os = child(domain, "os");
        Element type = leaf(os, "type", "hvm");
        type.setAttribute("arch", "x86_64");
        type.setAttribute("machine", "pc");
        Element features = child(domain, "features");
        child(features, "acpi");
        child(features, "apic");
        // With all that there is: its guests are to nest in it.
        child(domain, "cpu").setAttribute("mode", emulated ? "maximum" : "host-passthrough");
        child(domain, "clock").setAttribute("offset", "utc");
        leaf(domain, "on_poweroff", "destroy");
        leaf(domain, "on_reboot", "restart");
        leaf(domain, "on_crash", "restart");
        Element devices = child(domain, "devices");
        disk(devices, "vda", volumes.disk(), format);
        child(disk(devices, "vdb", volumes.seed(), "raw"), "readonly");
        Element usb = child(devices, "controller");
        usb.setAttribute("type", "usb");
        usb.setAttribute("model", "none");
        card(devices);
        // What is said there somebody may read with virsh console.
        child(devices, "serial").setAttribute("type", "pty");
        channel(devices);
        Element random = child(devices, "rng");
        random.setAttribute("model", "virtio");
        leaf(random, "backend", "/dev/urandom").setAttribute("model", "random");
        child(devices, "memballoon").setAttribute("model", "none");
        return Xml.text(domain.getOwnerDocument());
    }

    private Element disk(Element devices, String device, String volume, String of) {
        Element disk = child(devices, "disk");
        disk.setAttribute("type", "volume");
        disk.setAttribute("device", "disk");
        Element driver = child(disk, "driver");
        driver.setAttribute("name", "qemu");
        driver.setAttribute("type", of);
        driver.setAttribute("discard", "unmap");
        Element source = child(disk, "source");
        source.setAttribute("pool", pool);
        source.setAttribute("volume", volume);
        Element target = child(disk, "target");
        target.setAttribute("dev", device);
        target.setAttribute("bus", "virtio");
        return disk;
    }

    private void card(Element devices) {
        Element card = child(devices, "interface");
        card.setAttribute("type", "network");
        child(card, "source").setAttribute("network", network);
        child(card, "model").setAttribute("type", "virtio");
        child(card, "rom").setAttribute("enabled", "no");
    }

    /* By it a guest agent, if the image has one, tells the addresses where libvirt itself gives none. */
    private static void channel(Element devices) {
        Element channel = child(devices, "channel");
        channel.setAttribute("type", "unix");
        Element target = child(channel, "target");
        target.setAttribute("type", "virtio");
        target.setAttribute("name", "org.qemu.guest_agent.0");
    }

    /**
     * What libvirt says of a host's domain.
     *
     * @param mac of its interface, empty if somebody took it away
     */
    record Described(HostTag tag, boolean emulated, String mac) {
        /** Empty if the domain is none of ours. */
        static Optional<Described> of(String xml) {
            Element domain = Xml.parse("a domain", xml).getDocumentElement();
            return HostTag.of(domain)
                    .map(tag -> new Described(
                            tag,
                            domain.getAttribute("type").equals("qemu"),
                            Xml.find(domain, "devices", "interface", "mac")
                                    .map(mac -> mac.getAttribute("address"))
                                    .orElse("")));
        }
    }
}
