package io.virtualwire.forwarding;

import java.util.List;
import java.util.stream.Collectors;

/** Which VLANs a port carries, and which of them without a tag. */
public sealed interface PortVlans {

    /** Everything as it comes: tags stay, frames without one are in no VLAN. */
    record Open() implements PortVlans {
        @Override
        public String toString() {
            return "";
        }
    }

    /** One VLAN, for a station that knows nothing of it: frames have no tag on the wire. */
    record Access(int vlan) implements PortVlans {
        @Override
        public String toString() {
            return "access " + vlan;
        }
    }

    /**
     * Several VLANs, told apart by tags.
     *
     * @param allowed those that may pass, besides the native one
     * @param untagged the native VLAN: that of frames without a tag; 0 if these may not pass
     */
    record Trunk(List<VlanRange> allowed, int untagged) implements PortVlans {
        public Trunk {
            allowed = List.copyOf(allowed);
        }

        @Override
        public String toString() {
            String list = allowed.stream().map(VlanRange::toString).collect(Collectors.joining(","));
            return "trunk " + list + (untagged == 0 ? "" : " native " + untagged);
        }
    }
}
