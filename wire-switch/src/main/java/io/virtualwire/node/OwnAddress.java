package io.virtualwire.node;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.topology.AddressTranslation;
import io.virtualwire.topology.HostSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where this machine is for itself, and what is in one network with it. A cloud translates the address by which others reach a machine,
 * and often not for those behind the translation: what is there for others is here at the address at which this node listens, and
 * other hosts of this network are at their addresses inside.
 *
 * @param inside where this node listens
 * @param outside as what others know that, if it is something else
 * @param network the network that this node is in, by the name that hosts in it have for it too, if anybody says
 */
record OwnAddress(String inside, Optional<String> outside, Optional<String> network) {

    /** Where others reach it as it does itself. */
    static OwnAddress untranslated(String listen) {
        return new OwnAddress(listen, Optional.empty(), Optional.empty());
    }

    /** Where something at {@code host:port} is reached from here. */
    String near(String address) {
        return own().map(translation -> translation.address(address)).orElse(address);
    }

    /** The same host, as it is reached from here. */
    HostSpec near(HostSpec host) {
        HostSpec seen = host.seenFrom(network.orElse(null));
        return own().map(seen::seenBy).orElse(seen);
    }

    private Optional<AddressTranslation> own() {
        return outside.map(host -> new AddressTranslation(host, inside));
    }

    /** The same request, by the way that leads there from here before those that lead there for others. */
    ConnectRequest near(ConnectRequest request) {
        List<String> paths = new ArrayList<>();
        for (String path : request.peer().paths()) {
            String near = near(path);
            if (!near.equals(path)) {
                paths.add(near);
            }
        }
        if (paths.isEmpty()) {
            return request;
        }
        paths.addAll(request.peer().paths());
        PeerDescription peer = request.peer();
        return new ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                request.endpoint(),
                new PeerDescription(peer.identity(), peer.generation(), paths, peer.fence()),
                request.options(),
                request.relayTo(),
                request.relayFrom());
    }
}
