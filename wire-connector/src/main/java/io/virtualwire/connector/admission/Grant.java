package io.virtualwire.connector.admission;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant may touch on this host. An empty list allows nothing of its kind; a quota that is left out is that of
 * {@link Quotas#DEFAULT}.
 *
 * @param devices names of network devices that its endpoints may be
 * @param namespaces network namespaces in which they may be; {@code -} is the connector's own
 * @param destinations underlay addresses towards which its wires may go; empty: only those that dial this host
 * @param maxEndpoints how many endpoints
 * @param maxWires how many sides of wires
 * @param maxPeers how many daemons of this tenant may have an association with the connector
 * @param requestsPerSecond how many requests
 * @param bufferBytes how much its wires may hold of frames that are incomplete or have to wait
 * @param kernelWires whether the kernel may carry its wires' frames, which protects them less
 * @param relay whether its daemons may be led to one another through this one
 * @param maxRelayed how many such connections at once
 * @param relayBytesPerSecond how much those may carry together
 */
public record Grant(
        String tenant,
        List<NamePattern> devices,
        List<NamePattern> namespaces,
        List<AddressBlock> destinations,
        @JsonProperty("max-endpoints") OptionalInt maxEndpoints,
        @JsonProperty("max-wires") OptionalInt maxWires,
        @JsonProperty("max-peers") OptionalInt maxPeers,
        @JsonProperty("requests-per-second") OptionalInt requestsPerSecond,
        @JsonProperty("buffer-bytes") OptionalInt bufferBytes,
        @JsonProperty("kernel-wires") boolean kernelWires,
        boolean relay,
        @JsonProperty("max-relayed") OptionalInt maxRelayed,
        @JsonProperty("relay-bytes-per-second") OptionalInt relayBytesPerSecond) {
    private static final NamePattern ANY = NamePattern.of("*");
    private static final List<AddressBlock> ANYWHERE =
            List.of(AddressBlock.parse("0.0.0.0/0"), AddressBlock.parse("::/0"));

    public Grant {
        if (tenant == null || tenant.isBlank()) {
            throw new WireException(ErrorCode.BAD_REQUEST, "a grant names no tenant", "begin it with '- tenant: NAME'");
        }
        devices = listed(devices);
        namespaces = listed(namespaces);
        destinations = listed(destinations);
        maxEndpoints = quota("max-endpoints", maxEndpoints);
        maxWires = quota("max-wires", maxWires);
        maxPeers = quota("max-peers", maxPeers);
        requestsPerSecond = quota("requests-per-second", requestsPerSecond);
        bufferBytes = quota("buffer-bytes", bufferBytes);
        maxRelayed = quota("max-relayed", maxRelayed);
        relayBytesPerSecond = quota("relay-bytes-per-second", relayBytesPerSecond);
    }

    /** One that allows what the lists say, in the usual amounts. */
    public static Grant of(
            String tenant, List<NamePattern> devices, List<NamePattern> namespaces, List<AddressBlock> destinations) {
        OptionalInt usual = OptionalInt.empty();
        return new Grant(
                tenant,
                devices,
                namespaces,
                destinations,
                usual,
                usual,
                usual,
                usual,
                usual,
                false,
                false,
                usual,
                usual);
    }

    /** All there is but kernel wires and relaying, for the tenant that runs the host itself. */
    public static Grant everything(String tenant) {
        OptionalInt all = OptionalInt.of(Integer.MAX_VALUE);
        return new Grant(tenant, List.of(ANY), List.of(ANY), ANYWHERE, all, all, all, all, all, false, false, all, all);
    }

    /** How much of everything. */
    public Quotas quotas() {
        return new Quotas(
                maxEndpoints.orElse(Quotas.DEFAULT.endpoints()),
                maxWires.orElse(Quotas.DEFAULT.wires()),
                maxPeers.orElse(Quotas.DEFAULT.peers()),
                requestsPerSecond.orElse(Quotas.DEFAULT.requestsPerSecond()),
                bufferBytes.orElse(Quotas.DEFAULT.bufferBytes()),
                maxRelayed.orElse(Quotas.DEFAULT.relayed()),
                relayBytesPerSecond.orElse(Quotas.DEFAULT.relayBytesPerSecond()));
    }

    /** Whether it may aim at whatever there is, so that names need not be looked at. */
    boolean isAnywhere() {
        return destinations.containsAll(ANYWHERE);
    }

    private static <T> List<T> listed(@Nullable List<T> said) {
        return said == null ? List.of() : List.copyOf(said);
    }

    private static OptionalInt quota(String key, @Nullable OptionalInt said) {
        if (said != null && said.isPresent() && said.getAsInt() < 0) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, key + " cannot be " + said.getAsInt(), "write 0 for none, or leave it out");
        }
        return said == null ? OptionalInt.empty() : said;
    }
}
