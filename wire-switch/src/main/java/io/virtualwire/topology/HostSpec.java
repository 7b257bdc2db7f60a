package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.Identity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A machine that runs a connector.
 *
 * @param api where the connector's API answers, {@code host:port}
 * @param wire where its wires end, {@code host:port}, several in order of preference, with {@code tenant/name@} before it where that
 *     is a relay that leads there; one may stand without a list; the API's host and port 7471 if empty
 * @param identity who the connector is, {@code tenant/name}; the user's own tenant and the host's name if absent
 * @param libvirt how nodes reach the hypervisor there: any of libvirt's URIs; absent if nobody moves virtual machines there
 * @param libvirtPeer how the hypervisors of other hosts reach it; as nodes do if absent; {@code libvirt-peer} in the file
 * @param cloud the cloud that it is in, so that something can be moved "to that cloud"; absent if nobody says
 * @param inside the address at which those in the same network reach it, in the place of the API's; absent if that is no other
 * @param network the network that {@code inside} is of, by the name that everybody in it calls it; absent if there is no such address
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostSpec(
        @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
        String api,

        @JsonFormat(
                with = {
                    JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
                    JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED
                })
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<String> wire,

        @Nullable Identity identity,
        @Nullable String libvirt,
        @JsonProperty("libvirt-peer") @Nullable String libvirtPeer,
        @Nullable String cloud,
        @Nullable String inside,
        @Nullable String network) {
    private static final int DEFAULT_WIRE_PORT = 7471;

    public HostSpec {
        wire = wire == null ? List.of() : List.copyOf(wire);
    }

    /** A host without a hypervisor. */
    public HostSpec(String api, List<String> wire, @Nullable Identity identity) {
        this(api, wire, identity, null, null, null, null, null);
    }

    /** The same with a hypervisor. */
    public HostSpec withLibvirt(String uri, @Nullable String peer) {
        return new HostSpec(api, wire, identity, uri, peer, cloud, inside, network);
    }

    /** The same in a cloud. */
    public HostSpec in(@Nullable String name) {
        return new HostSpec(api, wire, identity, libvirt, libvirtPeer, name, inside, network);
    }

    /** The same with an address in a network of its own. */
    public HostSpec within(@Nullable String privateNetwork, @Nullable String address) {
        return new HostSpec(api, wire, identity, libvirt, libvirtPeer, cloud, address, privateNetwork);
    }

    /** The same as whoever is in that network reaches it: at its address inside, if it is in there, too. */
    public HostSpec seenFrom(@Nullable String from) {
        if (inside == null || network == null || !network.equals(from)) {
            return this;
        }
        return seenBy(new AddressTranslation(
                HostAddress.parse(api, HostAddress.DEFAULT_API_PORT).host(), inside));
    }

    /** The same with its addresses translated. */
    public HostSpec seenBy(AddressTranslation translation) {
        return new HostSpec(
                translation.address(api),
                wire.stream().map(translation::address).toList(),
                identity,
                libvirt == null ? null : translation.uri(libvirt),
                libvirtPeer == null ? null : translation.uri(libvirtPeer),
                cloud,
                inside,
                network);
    }

    /** Where wires to this host go, in order of preference. */
    public List<String> wirePaths() {
        return wire.isEmpty() ? List.of(api.substring(0, api.lastIndexOf(':') + 1) + DEFAULT_WIRE_PORT) : wire;
    }

    /** Who the connector of the host of this name is. */
    public Identity identityOf(String tenant, String host) {
        return identity != null ? identity : new Identity(tenant, host);
    }
}
