package io.virtualwire.forwarding;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much may pass in a second, written {@code 100 frames/s} or {@code 1000000 bytes/s}; a second's worth may come at once.
 *
 * @param perSecond frames or bytes; 0 lets nothing pass
 */
public record StormRate(long perSecond, Unit unit) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12}) (frames|bytes)/s");

    /** What is counted. */
    public enum Unit {
        /** A super-frame counts once. */
        FRAMES,
        /** Ethernet bytes, as the port's counters have them. */
        BYTES
    }

    /** Reads {@code 100 frames/s} or {@code 1000000 bytes/s}. */
    public static StormRate parse(String text) {
        Matcher found = FORM.matcher(text);
        if (!found.matches()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + text + "' is not a rate", "write 100 frames/s, or 1000000 bytes/s");
        }
        return new StormRate(
                Long.parseLong(found.group(1)), found.group(2).equals("frames") ? Unit.FRAMES : Unit.BYTES);
    }

    @Override
    public String toString() {
        return perSecond + (unit == Unit.FRAMES ? " frames/s" : " bytes/s");
    }
}
