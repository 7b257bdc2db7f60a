package io.virtualwire.cli.provision;

import io.virtualwire.authority.NodeNames;
import io.virtualwire.authority.Registrar;
import io.virtualwire.cli.provision.HostRecord.Libvirt;
import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.identity.TenantAuthority;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has a host's libvirt answer the nodes and hypervisors of the tenant's other hosts, and ask theirs: by TLS, with a certificate of the
 * tenant's authority that names the host's addresses, which is issued anew when these change or a third of its time is left.
 */
final class HypervisorStep implements HostStep {
    private static final Duration LIFE = TenantAuthority.DEFAULT_VALIDITY;

    private final CarriedMembership membership;
    private final OwnCommand own;
    private final Patiently patiently;
    private final InstantSource clock;

    HypervisorStep(Registrar registrar, OwnCommand own, Patiently patiently, InstantSource clock) {
        this.membership = new CarriedMembership(registrar);
        this.own = own;
        this.patiently = patiently;
        this.clock = clock;
    }

    /** As whom a host's libvirt, and a node that asks another's, show themselves. */
    static String member(String host) {
        return NodeNames.ofHypervisor(host);
    }

    @Override
    public Step reaches() {
        return Step.HYPERVISOR_OPEN;
    }

    /** Addresses change, and certificates end. */
    @Override
    public boolean isLooked() {
        return true;
    }

    @Override
    public String take(Site site) {
        HostRecord.Wanted wanted = site.record().wanted();
        LibvirtThere libvirt = new LibvirtThere(site.shell(), site.name());
        boolean answers = wanted.vms() && libvirt.isInstalled();
        if (!answers && !wanted.node()) {
            return wanted.vms() ? "none: there is no libvirtd" : "none: no virtual machines are to run there";
        }
        Set<InetAddress> addresses = addresses(site.host());
        @Nullable Libvirt before = site.record().facts().libvirt();
        List<String> named = addresses.stream().map(InetAddress::getHostAddress).toList();
        boolean holds = before != null && before.addresses().equals(named) && !isDue(before);
        if (!holds) {
            libvirt.forgetCredentials();
        }
        WireThere wire = new WireThere(site.shell(), own).asSuperuser(libvirt.folder());
        Optional<CertificateAnswer> issued =
                membership.enrol(wire, member(site.name()), libvirt.credentials(), LIFE, addresses);
        // Noted before it is used: what is issued twice does no harm, what is used and not noted would never be
        // renewed.
        Libvirt now = new Libvirt(
                named,
                issued.map(CertificateAnswer::validUntil)
                        .orElseGet(() -> before == null ? clock.instant() : before.until()),
                answers);
        site.note(site.record().with(site.record().facts().withLibvirt(now)));
        wire.say(new byte[0], "identity", "export", libvirt.credentials(), "--to", libvirt.folder());
        libvirt.use(answers, wanted.node());
        if (!answers) {
            return membership.identity(member(site.name())) + ", with which its node asks others";
        }
        String address = inside(site.host()).getHostAddress();
        libvirt.serve(address);
        patiently.ask(Set.of(ErrorCode.UNAVAILABLE), () -> libvirt.awaitAnswer(address));
        return membership.identity(member(site.name())) + " answers at TCP port " + LibvirtThere.PORT + " until "
                + now.until();
    }

    /** Whether it is time to issue its certificate anew. */
    boolean isDue(Libvirt known) {
        return clock.instant().isAfter(known.until().minus(LIFE.dividedBy(3)));
    }

    private static Set<InetAddress> addresses(CloudHost host) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        addresses.add(host.address());
        addresses.add(inside(host));
        return addresses;
    }

    private static InetAddress inside(CloudHost host) {
        @Nullable InetAddress inside = host.inside();
        return inside == null ? host.address() : inside;
    }
}
