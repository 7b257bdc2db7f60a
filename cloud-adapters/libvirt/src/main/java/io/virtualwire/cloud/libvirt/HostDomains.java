package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.HostState;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainInterface;
import org.libvirt.LibvirtException;
import org.libvirt.Network;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** The domains that are hosts of one cloud, found by their tags at every call. */
final class HostDomains {
    private static final Logger LOG = LoggerFactory.getLogger(HostDomains.class);

    /* virDomainInterfaceAddressesSource: what libvirt's DHCP gave, what the guest's agent says, what the hypervisor's machine has seen. */
    private static final List<Integer> SOURCES = List.of(0, 1, 2);
    /* virDomainUndefineFlagsValues: also what a domain may have kept that was saved, snapshotted or booted by UEFI. */
    private static final int WITH_ALL = 1 | 2 | 4 | 16;

    /* Of a network that says nothing else. */
    private static final int ETHERNET = 1500;

    private final Asking libvirt;
    private final String cloud;

    HostDomains(Asking libvirt, String cloud) {
        this.libvirt = libvirt;
        this.cloud = cloud;
    }

    /**
     * A host's domain now.
     *
     * @param address null if it has none, or none is known
     */
    record Found(
            String id,
            HostDomain.Described described,
            HostState state,
            @Nullable InetAddress address) {
        HostTag tag() {
            return described.tag();
        }
    }

    private interface Deed {
        void to(Domain domain) throws LibvirtException;
    }

    /** In the order of the hosts' names. */
    List<Found> all() {
        return libvirt.ask("list the hosts of cloud " + cloud, connection -> {
            List<Found> found = new ArrayList<>();
            for (Domain domain : connection.listAllDomains(0)) {
                try {
                    look(domain).ifPresent(found::add);
                } catch (LibvirtException e) {
                    if (!Refusal.isAbsent(e)) {
                        throw e;
                    }
                    // It went away while it was looked at.
                } finally {
                    domain.free();
                }
            }
            found.sort(Comparator.comparing(it -> it.tag().host()));
            return found;
        });
    }

    Optional<Found> find(String host) {
        return all().stream().filter(it -> it.tag().host().equals(host)).findFirst();
    }

    private Optional<Found> look(Domain domain) throws LibvirtException {
        Optional<HostDomain.Described> described = HostDomain.Described.of(domain.getXMLDesc(0))
                .filter(it -> it.tag().cloud().equals(cloud));
        if (described.isEmpty()) {
            return Optional.empty();
        }
        boolean active = domain.isActive() == 1;
        InetAddress address = active ? address(domain, described.get().mac()) : null;
        HostState state = !active ? HostState.STOPPED : address == null ? HostState.STARTING : HostState.RUNNING;
        return Optional.of(new Found(domain.getUUIDString(), described.get(), state, address));
    }

    private static @Nullable InetAddress address(Domain domain, String mac) {
        for (int source : SOURCES) {
            Optional<InetAddress> address = addresses(domain, source).stream()
                    .filter(card -> mac.equalsIgnoreCase(card.hwAddr))
                    .flatMap(card -> card.addrs.stream())
                    .map(it -> it.address)
                    .filter(it -> !it.isLinkLocalAddress() && !it.isLoopbackAddress())
                    .min(Comparator.comparing((InetAddress it) -> !(it instanceof Inet4Address))
                            .thenComparing(InetAddress::getHostAddress));
            if (address.isPresent()) {
                return address.get();
            }
        }
        return null;
    }

    /* None from a source that this network, image or libvirt does not have. */
    private static Collection<DomainInterface> addresses(Domain domain, int source) {
        try {
            return domain.interfaceAddresses(source, 0);
        } catch (LibvirtException e) {
            LOG.debug("no addresses from source {}: {}", source, Refusal.words(e));
            return List.of();
        }
    }

    void define(HostDomain host) {
        libvirt.ask("define domain " + host.name(), connection -> {
            connection.domainDefineXML(host.xml()).free();
            return true;
        });
    }

    /** Starts it, now and whenever the hypervisor's machine boots. */
    void start(String host, String name) {
        onDomain("start domain " + name + " of host " + host, host, domain -> {
            domain.setAutostart(true);
            if (domain.isActive() != 1) {
                domain.create();
            }
        });
    }

    /** Ends and forgets it, if it is there. */
    void remove(String host) {
        onDomain("remove the domain of host " + host, host, domain -> {
            if (domain.isActive() == 1) {
                domain.destroy();
            }
            domain.undefine(WITH_ALL);
        });
    }

    private void onDomain(String attempted, String host, Deed deed) {
        libvirt.ask(attempted, connection -> {
            for (Domain domain : connection.listAllDomains(0)) {
                try {
                    if (HostDomain.Described.of(domain.getXMLDesc(0))
                            .filter(it -> it.tag().cloud().equals(cloud))
                            .filter(it -> it.tag().host().equals(host))
                            .isPresent()) {
                        deed.to(domain);
                    }
                } catch (LibvirtException e) {
                    if (!Refusal.isAbsent(e)) {
                        throw e;
                    }
                } finally {
                    domain.free();
                }
            }
            return true;
        });
    }

    /** What is known of the network in which hosts are. */
    record Place(String id, int mtu) {}

    /** Fails if there is none of that name. */
    Place place(String network) {
        return libvirt.ask("look at network " + network, connection -> {
            Network found = connection.networkLookupByName(network);
            try {
                Element described =
                        Xml.parse("network " + network, found.getXMLDesc(0)).getDocumentElement();
                String mtu = Xml.attribute(described, "mtu", "size");
                return new Place(found.getUUIDString(), mtu.isEmpty() ? ETHERNET : Integer.parseInt(mtu));
            } finally {
                found.free();
            }
        });
    }

    /** Fails if nothing can be joined to it. */
    void require(String network) {
        boolean active = libvirt.ask("look at network " + network, connection -> {
            Network found = connection.networkLookupByName(network);
            try {
                return found.isActive() == 1;
            } finally {
                found.free();
            }
        });
        if (!active) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "network " + network + " is not started",
                    "run 'virsh net-start " + network + "' there");
        }
    }

    /** What the hypervisor's processors can do. */
    record Capabilities(String architecture, boolean kvm) {}

    Capabilities capabilities() {
        String text = libvirt.ask("look what the hypervisor can do", Connect::getCapabilities);
        Element all = Xml.parse("a hypervisor", text).getDocumentElement();
        String architecture = Xml.find(all, "host", "cpu", "arch")
                .map(Element::getTextContent)
                .orElse("");
        boolean kvm = Xml.children(all, "guest").stream()
                .flatMap(guest -> Xml.children(guest, "arch").stream())
                .filter(arch -> arch.getAttribute("name").equals(architecture))
                .flatMap(arch -> Xml.children(arch, "domain").stream())
                .anyMatch(domain -> domain.getAttribute("type").equals("kvm"));
        return new Capabilities(architecture, kvm);
    }
}
