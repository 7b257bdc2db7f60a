package io.virtualwire.cloud.libvirt;

import static io.virtualwire.cloud.libvirt.Xml.attribute;
import static io.virtualwire.cloud.libvirt.Xml.child;
import static io.virtualwire.cloud.libvirt.Xml.children;
import static io.virtualwire.cloud.libvirt.Xml.leaf;

import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.frame.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** A domain as libvirt describes it (its formatdomain page). */
final class DomainXml {
    /** Begins the names that libvirt gives by itself; it drops them from what it sends to another libvirt. */
    private static final String GENERATED = "vnet";

    private final Document document;

    private DomainXml(Document document) {
        this.document = document;
    }

    /** Reads what libvirt says of a domain. */
    static DomainXml parse(String text) {
        return new DomainXml(Xml.parse("a domain", text));
    }

    static DomainXml of(MachineSpec spec) {
        Element domain = Xml.root("domain");
        domain.setAttribute("type", spec.emulated() ? "qemu" : "kvm");
        leaf(domain, "name", spec.name());
        spec.id().ifPresent(id -> leaf(domain, "uuid", id.toString()));
        leaf(domain, "memory", Integer.toString(spec.memoryMebibytes())).setAttribute("unit", "MiB");
        leaf(domain, "vcpu", Integer.toString(spec.processors()));
        Element os = child(domain, "os");
        Element type = leaf(os, "type", "hvm");
        type.setAttribute("arch", "x86_64");
        type.setAttribute("machine", "pc");
        child(child(domain, "features"), "acpi");
        child(domain, "clock").setAttribute("offset", "utc");
        leaf(domain, "on_poweroff", "destroy");
        leaf(domain, "on_reboot", "restart");
        leaf(domain, "on_crash", "destroy");
        Element devices = child(domain, "devices");
        switch (spec.boot()) {
            case MachineSpec.Boot.Kernel kernel -> {
                leaf(os, "kernel", kernel.image().toString());
                leaf(os, "initrd", kernel.initialRamdisk().toString());
                leaf(os, "cmdline", kernel.commandLine());
            }
            case MachineSpec.Boot.Disk disk -> disk(devices, disk);
        }
        Element usb = child(devices, "controller");
        usb.setAttribute("type", "usb");
        usb.setAttribute("model", "none");
        spec.nics().forEach(nic -> nic(devices, nic));
        spec.console().ifPresent(file -> {
            Element serial = child(devices, "serial");
            serial.setAttribute("type", "file");
            child(serial, "source").setAttribute("path", file.toString());
            child(serial, "target").setAttribute("port", "0");
        });
        child(devices, "memballoon").setAttribute("model", "none");
        return new DomainXml(domain.getOwnerDocument());
    }

    private static void disk(Element devices, MachineSpec.Boot.Disk image) {
        Element disk = child(devices, "disk");
        disk.setAttribute("type", "file");
        disk.setAttribute("device", "disk");
        Element driver = child(disk, "driver");
        driver.setAttribute("name", "qemu");
        driver.setAttribute("type", image.format());
        child(disk, "source").setAttribute("file", image.image().toString());
        Element target = child(disk, "target");
        target.setAttribute("dev", "vda");
        target.setAttribute("bus", "virtio");
        if (image.readOnly()) {
            child(disk, "readonly");
        }
    }

    /** The TAP is there before the domain and stays behind it: libvirt must neither make nor configure it. */
    private static void nic(Element devices, MachineSpec.NicSpec nic) {
        Element card = child(devices, "interface");
        card.setAttribute("type", "ethernet");
        child(card, "mac").setAttribute("address", nic.mac().toString());
        Element target = child(card, "target");
        target.setAttribute("dev", nic.device());
        target.setAttribute("managed", "no");
        child(card, "model").setAttribute("type", "virtio");
        child(card, "mtu").setAttribute("size", Integer.toString(nic.mtu()));
        child(card, "rom").setAttribute("enabled", "no");
    }

    /**
     * Its network interfaces, in the guest's order.
     *
     * @param running whether there are devices that libvirt makes for as long as it runs
     */
    List<Machine.Nic> nics(boolean running) {
        List<Machine.Nic> nics = new ArrayList<>();
        for (Element card : cards()) {
            String mac = attribute(card, "mac", "address");
            if (!mac.isEmpty()) {
                nics.add(new Machine.Nic(MacAddress.parse(mac), card.getAttribute("type"), deviceOf(card, running)));
            }
        }
        return nics;
    }

    private static Optional<String> deviceOf(Element card, boolean running) {
        String device = attribute(card, "target", "dev");
        boolean there = !isMadeByLibvirt(card) || running && !device.startsWith(GENERATED);
        return there && !device.isEmpty() ? Optional.of(device) : Optional.empty();
    }

    private static boolean isMadeByLibvirt(Element card) {
        return !attribute(card, "target", "managed").equals("no");
    }

    /**
     * Has libvirt take those devices as they are, which it would refuse to if it was to make them.
     *
     * @return whether that changes anything
     */
    boolean leave(Set<String> devices) {
        boolean changed = false;
        for (Element card : cards()) {
            if (card.getAttribute("type").equals("ethernet") && isMadeByLibvirt(card)) {
                for (Element target : children(card, "target")) {
                    if (devices.contains(target.getAttribute("dev"))) {
                        target.setAttribute("managed", "no");
                        changed = true;
                    }
                }
            }
        }
        return changed;
    }

    private List<Element> cards() {
        return children(document.getDocumentElement(), "devices").stream()
                .flatMap(devices -> children(devices, "interface").stream())
                .toList();
    }

    String text() {
        return Xml.text(document);
    }
}
