package io.virtualwire.forwarding;

/** {@link PortVlans} in the form that the hot path asks. */
final class VlanFilter {
    /* What vlanOf answers instead of a VLAN. */
    static final int UNTAGGED_REFUSED = -1;
    static final int TAGGED_REFUSED = -2;
    static final int VLAN_REFUSED = -3;

    private static final int VLANS = 4096;

    private final long[] allowed = new long[VLANS / Long.SIZE];
    /* The VLAN of frames without a tag; 0 is no VLAN at all, -1 refuses them. */
    private final int untagged;
    private final boolean takesTags;

    VlanFilter(PortVlans vlans) {
        switch (vlans) {
            case PortVlans.Open _ -> {
                allow(0, VlanRange.HIGHEST);
                untagged = 0;
                takesTags = true;
            }
            case PortVlans.Access access -> {
                allow(access.vlan(), access.vlan());
                untagged = access.vlan();
                takesTags = false;
            }
            case PortVlans.Trunk trunk -> {
                trunk.allowed().forEach(range -> allow(range.first(), range.last()));
                if (trunk.untagged() > 0) {
                    allow(trunk.untagged(), trunk.untagged());
                }
                untagged = trunk.untagged() > 0 ? trunk.untagged() : -1;
                takesTags = true;
            }
        }
    }

    private void allow(int first, int last) {
        for (int vlan = first; vlan <= last; vlan++) {
            allowed[vlan >>> 6] |= 1L << vlan;
        }
    }

    /** The lowest VLAN that both carry, 0 being none at all; -1 if there is nothing that both carry. */
    int lowestShared(VlanFilter other) {
        for (int word = 0; word < allowed.length; word++) {
            long shared = allowed[word] & other.allowed[word];
            if (shared != 0) {
                return word * Long.SIZE + Long.numberOfTrailingZeros(shared);
            }
        }
        return -1;
    }

    // HOT PATH

    /**
     * In which VLAN a frame is that came in with this tag.
     *
     * @param tag the VLAN id of its tag; 0 if the tag gives only a priority, negative if there is none
     * @return the VLAN, 0 for none; or one of the refusals
     */
    int vlanOf(int tag) {
        if (tag <= 0) {
            return untagged;
        }
        if (!takesTags) {
            return TAGGED_REFUSED;
        }
        return carries(tag) ? tag : VLAN_REFUSED;
    }

    /** Whether frames of this VLAN leave here. */
    boolean carries(int vlan) {
        return (allowed[vlan >>> 6] & 1L << vlan) != 0;
    }

    /** Whether frames of this VLAN have a tag here. */
    boolean tags(int vlan) {
        return vlan != untagged;
    }
}
