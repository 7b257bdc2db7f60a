package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A virtual machine of a fabric.
 *
 * @param domain how its hypervisor calls it
 * @param id what its hypervisor knows it by, wherever it is
 * @param host where it is
 * @param state {@code running}, {@code paused}, {@code stopped}, {@code crashed}; {@code unknown} if its hypervisor does not answer
 * @param detail why the state is unknown; empty if it is not
 * @param movingTo where it moves to now; empty if it does not
 * @param phase of that move, or how the last one ended; empty if there was none
 * @param follow whether its wires follow it when somebody else moves it: {@code rarp}, {@code never}
 * @param standbys where it is awaited
 * @param lastMove the move that is under way, or the latest
 */
public record VmView(
        String name,
        String domain,
        String id,
        String host,
        String state,
        String detail,
        String movingTo,
        String phase,
        List<Nic> nics,
        String follow,
        List<Standby> standbys,
        Optional<Move> lastMove) {
    public VmView {
        nics = List.copyOf(nics);
        standbys = List.copyOf(standbys);
    }

    /**
     * A host where a machine may appear.
     *
     * @param ready whether its wires stand by there; if only the machine was asked for
     * @param detail why not
     */
    public record Standby(String host, boolean ready, String detail) {}

    /**
     * What the fabric keeps of a move; the measures are those of {@link VmMigrationStep.Result}.
     *
     * @param mode how the hypervisors did it; {@code followed} if somebody else moved it
     * @param phase how far it is, or how it ended
     * @param reason why it was rolled back; empty if it was not
     */
    public record Move(
            String from,
            String to,
            long generation,
            String mode,
            String phase,
            String reason,
            @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Double> phases,
            OptionalLong hypervisorDowntimeMillis,
            @JsonSetter(nulls = Nulls.AS_EMPTY) String activatedBy,
            OptionalDouble activationToHeardMillis,
            OptionalDouble activationToFirstFrameMillis) {
        public Move {
            phases = Collections.unmodifiableMap(new LinkedHashMap<>(phases));
        }
    }

    /**
     * An interface that is an endpoint.
     *
     * @param wires those that are plugged in there, each {@code switch/port}
     */
    public record Nic(int number, String endpoint, String mac, String device, int mtu, List<String> wires) {
        public Nic {
            wires = List.copyOf(wires);
        }
    }
}
