package io.virtualwire.cli.provision;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.authority.NodeNames;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostOrder;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is meant with one host, and how far that is; whether it exists is for its cloud to say.
 *
 * @param name the host's, in its cloud and on the command line
 * @param cloud which of {@link CloudBook} it is in
 * @param wanted what was asked for
 * @param made whether the machine is there because it was asked for, so that it goes again when it comes to nothing
 * @param reached the last step that was done, null if none was
 * @param facts what is known of it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostRecord(
        String name,
        String cloud,
        Wanted wanted,
        boolean made,
        @Nullable Step reached,
        Facts facts) {

    /**
     * What was asked for.
     *
     * @param where how a machine is reached that is taken in; null for one that is launched
     * @param type the cloud's word for a size, null for its default
     * @param node whether a node runs there, too
     * @param vms whether virtual machines are to run there
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Wanted(@Nullable String where, @Nullable String type, boolean node, boolean vms) {}

    /**
     * What is known of a host.
     *
     * @param id the cloud's name for it
     * @param address where others reach it
     * @param inside where those in the same network reach it; null if there is no such address, or no other
     * @param network the network that {@code inside} is of; null if there is none
     * @param mtu the largest packet to its peers, bytes; 0 if that is not known
     * @param kvm what came of trying KVM
     * @param version of the package there
     * @param libvirt how its hypervisor is reached by TLS, and what by; null if nothing was issued for that
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Facts(
            @Nullable String id,
            @Nullable String address,
            @Nullable String inside,
            @Nullable String network,
            int mtu,
            @Nullable String kvm,
            @Nullable String version,
            @Nullable Libvirt libvirt) {
        static final Facts NONE = new Facts(null, null, null, null, 0, null, null, null);

        Facts of(CloudHost host) {
            InetAddress within = host.network() == null || host.address().equals(host.inside()) ? null : host.inside();
            return new Facts(
                    host.id(),
                    host.address().getHostAddress(),
                    within == null ? null : within.getHostAddress(),
                    within == null ? null : host.network(),
                    host.mtu(),
                    kvm,
                    version,
                    libvirt);
        }

        Facts withAddress(String now) {
            return new Facts(id, now, inside, network, mtu, kvm, version, libvirt);
        }

        Facts withMtu(int bytes) {
            return new Facts(id, address, inside, network, bytes, kvm, version, libvirt);
        }

        Facts withKvm(String found) {
            return new Facts(id, address, inside, network, mtu, found, version, libvirt);
        }

        Facts withVersion(String installed) {
            return new Facts(id, address, inside, network, mtu, kvm, installed, libvirt);
        }

        Facts withLibvirt(@Nullable Libvirt opened) {
            return new Facts(id, address, inside, network, mtu, kvm, version, opened);
        }
    }

    /**
     * What a host's libvirt shows itself with, and asks others with.
     *
     * @param addresses that its certificate names, the one for those outside of its network first
     * @param until when its certificate holds
     * @param answers whether a libvirt answers there; else a node there only asks others
     */
    public record Libvirt(List<String> addresses, Instant until, boolean answers) {
        public Libvirt {
            addresses = List.copyOf(addresses);
        }

        /** How nodes reach it; where their credentials are they know. */
        public String uri() {
            return "qemu+tls://" + LibvirtThere.bracketed(addresses.getFirst()) + "/system";
        }

        /** How libvirt on another host reaches it. */
        public String peerUri() {
            return uri() + "?pkipath=" + LibvirtThere.PEERS;
        }
    }

    /** Returns the name if a host may have it that is made from here. */
    public static String requireName(String name) {
        return NodeNames.requireHost(HostOrder.requireName(name));
    }

    /** Of a host that nothing was done for. */
    public static HostRecord begun(String name, String cloud, Wanted wanted) {
        return new HostRecord(name, cloud, wanted, false, null, Facts.NONE);
    }

    HostRecord asMade() {
        return new HostRecord(name, cloud, wanted, true, reached, facts);
    }

    HostRecord at(@Nullable Step step) {
        return new HostRecord(name, cloud, wanted, made, step, facts);
    }

    HostRecord with(Facts known) {
        return new HostRecord(name, cloud, wanted, made, reached, known);
    }

    /** Whether that step was done. */
    public boolean isPast(Step step) {
        return reached != null && reached.compareTo(step) >= 0;
    }
}
