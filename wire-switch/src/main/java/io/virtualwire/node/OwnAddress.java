package io.virtualwire.node;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.PeerDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where this machine is for itself. A cloud translates the address by which others reach it, and often not for those behind the
 * translation: what is there for others is here at the address at which this node listens.
 *
 * @param inside where this node listens
 * @param outside as what others know that, if it is something else
 */
record OwnAddress(String inside, Optional<String> outside) {

    /** Where others reach it as it does itself. */
    static OwnAddress untranslated(String listen) {
        return new OwnAddress(listen, Optional.empty());
    }

    /** Where something at {@code host:port} is reached from here. */
    String near(String address) {
        return outside.filter(host -> address.startsWith(host + ":"))
                .map(host -> inside + address.substring(host.length()))
                .orElse(address);
    }

    /** Where something with such a URI is reached from here. */
    String nearUri(String uri) {
        return outside.filter(host -> uri.contains("://" + host + "/")
                        || uri.contains("://" + host + ":")
                        || uri.contains("@" + host + "/"))
                .map(host -> uri.replaceFirst("(://|@)" + Pattern.quote(host), "$1" + inside))
                .orElse(uri);
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
