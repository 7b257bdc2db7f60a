package io.virtualwire.forwarding;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * VLANs that follow one another, written {@code 20-29}, or one of them, written {@code 20}.
 *
 * @param first the lowest, at least 1
 * @param last the highest, at most 4094
 */
public record VlanRange(int first, int last) {
    /** The lowest VLAN id that a tag can name. */
    public static final int LOWEST = 1;
    /** The highest; 4095 is reserved. */
    public static final int HIGHEST = 4094;

    private static final Pattern FORM = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    public VlanRange {
        if (first < LOWEST || last < first || last > HIGHEST) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + text(first, last) + "' is not a range of VLANs",
                    "VLANs go from " + LOWEST + " to " + HIGHEST + ", the lower comes first");
        }
    }

    /** Reads {@code 20} or {@code 20-29}. */
    public static VlanRange parse(String text) {
        Matcher found = FORM.matcher(text);
        if (!found.matches()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + text + "' does not name VLANs", "write 20, or 20-29 for a range");
        }
        int first = Integer.parseInt(found.group(1));
        return new VlanRange(first, found.group(2) == null ? first : Integer.parseInt(found.group(2)));
    }

    @Override
    public String toString() {
        return text(first, last);
    }

    private static String text(int first, int last) {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
