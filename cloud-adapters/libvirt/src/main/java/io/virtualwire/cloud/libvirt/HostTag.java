package io.virtualwire.cloud.libvirt;

import static io.virtualwire.cloud.libvirt.Xml.child;

import java.util.Optional;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * By what we find a host's domain again: an element of its metadata, which libvirt keeps as it is.
 *
 * @param size as it was ordered
 * @param hostKey the public key by which the host is known
 */
record HostTag(String cloud, String host, String size, String hostKey) {
    static final String NAMESPACE = "virtualwire:host:1";
    private static final String ELEMENT = "host";

    void addTo(Element domain) {
        Element tag = domain.getOwnerDocument().createElementNS(NAMESPACE, "virtualwire:" + ELEMENT);
        tag.setAttributeNS("http://www.w3.org/2000/xmlns/", "xmlns:virtualwire", NAMESPACE);
        tag.setAttribute("cloud", cloud);
        tag.setAttribute("name", host);
        tag.setAttribute("size", size);
        tag.setAttribute("key", hostKey);
        child(domain, "metadata").appendChild(tag);
    }

    /** Empty if the domain is none of ours. */
    static Optional<HostTag> of(Element domain) {
        return Xml.find(domain, "metadata").flatMap(HostTag::in);
    }

    private static Optional<HostTag> in(Element metadata) {
        NodeList ours = metadata.getElementsByTagNameNS(NAMESPACE, ELEMENT);
        Node first = ours.item(0);
        return first instanceof Element tag
                ? Optional.of(new HostTag(
                        tag.getAttribute("cloud"),
                        tag.getAttribute("name"),
                        tag.getAttribute("size"),
                        tag.getAttribute("key")))
                : Optional.empty();
    }
}
