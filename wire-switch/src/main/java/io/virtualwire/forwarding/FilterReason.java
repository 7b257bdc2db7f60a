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
    UNKNOWN_PORT;

    private final String metricName = name().toLowerCase(Locale.ROOT);

    /** The value of the metric's label. */
    public String metricName() {
        return metricName;
    }
}
