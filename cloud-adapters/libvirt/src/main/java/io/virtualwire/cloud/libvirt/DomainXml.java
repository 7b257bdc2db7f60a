package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.frame.MacAddress;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

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
        try {
            return new DomainXml(builder().parse(new InputSource(new StringReader(text))));
        } catch (SAXException | IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT, "cannot read the description of a domain: " + e.getMessage(), "", e);
        }
    }

    static DomainXml of(MachineSpec spec) {
        Document document = builder().newDocument();
        Element domain = document.createElement("domain");
        document.appendChild(domain);
        domain.setAttribute("type", spec.emulated() ? "qemu" : "kvm");
        text(domain, "name", spec.name());
        spec.id().ifPresent(id -> text(domain, "uuid", id.toString()));
        text(domain, "memory", Integer.toString(spec.memoryMebibytes())).setAttribute("unit", "MiB");
        text(domain, "vcpu", Integer.toString(spec.processors()));
        Element os = child(domain, "os");
        Element type = text(os, "type", "hvm");
        type.setAttribute("arch", "x86_64");
        type.setAttribute("machine", "pc");
        child(child(domain, "features"), "acpi");
        child(domain, "clock").setAttribute("offset", "utc");
        text(domain, "on_poweroff", "destroy");
        text(domain, "on_reboot", "restart");
        text(domain, "on_crash", "destroy");
        Element devices = child(domain, "devices");
        switch (spec.boot()) {
            case MachineSpec.Boot.Kernel kernel -> {
                text(os, "kernel", kernel.image().toString());
                text(os, "initrd", kernel.initialRamdisk().toString());
                text(os, "cmdline", kernel.commandLine());
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
        return new DomainXml(document);
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
        try {
            TransformerFactory factory = TransformerFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            Transformer transformer = factory.newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            transformer.setOutputProperty(OutputKeys.INDENT, "yes");
            StringWriter text = new StringWriter();
            transformer.transform(new DOMSource(document), new StreamResult(text));
            return text.toString();
        } catch (TransformerException e) {
            throw new IllegalStateException("a document in memory cannot be written", e);
        }
    }

    private static DocumentBuilder builder() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            // What comes from a daemon of somebody else's must not make this process read files or URLs.
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setXIncludeAware(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser has lost a feature", e);
        }
    }

    private static Element child(Element parent, String name) {
        Element child = parent.getOwnerDocument().createElement(name);
        parent.appendChild(child);
        return child;
    }

    private static Element text(Element parent, String name, String content) {
        Element child = child(parent, name);
        child.setTextContent(content);
        return child;
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    private static String attribute(Element parent, String child, String attribute) {
        return children(parent, child).stream()
                .findFirst()
                .map(element -> element.getAttribute(attribute))
                .orElse("");
    }
}
