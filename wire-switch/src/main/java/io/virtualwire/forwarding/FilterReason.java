package io.virtualwire.forwarding;

import java.util.Locale;

/** Why the bridge lets a frame through no port. */
public enum FilterReason {
    /** The source is a group or the null address, which no station has. */
    BAD_SOURCE,
    /** The destination is one of 01:80:c2:00:00:00 to 0f, which IEEE 802.1D reserves for the link itself. */
    RESERVED_DESTINATION,
    /** The destination is on the port that the frame came from. */
    SAME_PORT,
    /** The port that the frame came from is not, or no longer, a port of the bridge. */
    UNKNOWN_PORT,
    /** The frame has a tag, and the port is for one VLAN without tags. */
    TAGGED_REFUSED,
    /** The frame has no tag, and the port has no native VLAN. */
    UNTAGGED_REFUSED,
    /** The frame's VLAN is not allowed on the port that it came from. */
    VLAN_REFUSED,
    /** The port behind which the destination is does not carry the frame's VLAN. */
    VLAN_NOT_CARRIED,
    /** The frame cannot leave in the form its VLAN has there: with the tag it would be too long, or have three. */
    TAG_IMPOSSIBLE,
    /** More broadcast came from the port than is allowed. */
    BROADCAST_STORM,
    /** More multicast came from the port than is allowed. */
    MULTICAST_STORM,
    /** More frames to stations that are not known came from the port than is allowed. */
    UNKNOWN_STORM,
    /** The port that the frame came from, or the one behind which its destination is, is blocked because of a loop. */
    LOOP_BLOCKED;

    private final String metricName = name().toLowerCase(Locale.ROOT);

    /** The value of the metric's label. */
    public String metricName() {
        return metricName;
    }
}
