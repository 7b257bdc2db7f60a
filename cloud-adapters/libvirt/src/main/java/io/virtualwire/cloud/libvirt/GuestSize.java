package io.virtualwire.cloud.libvirt;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a host is, written {@code 2x2048}.
 *
 * @param processors from 1 to 256
 * @param memoryMebibytes from 64 to 4 Mi
 */
record GuestSize(int processors, int memoryMebibytes) {
    static final String DEFAULT = "2x2048";
    private static final Pattern TEXT = Pattern.compile("(\\d{1,3})x(\\d{2,7})");

    static GuestSize parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            int processors = Integer.parseInt(matcher.group(1));
            int memory = Integer.parseInt(matcher.group(2));
            if (processors >= 1 && processors <= 256 && memory >= 64 && memory <= 4 << 20) {
                return new GuestSize(processors, memory);
            }
        }
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "'" + text + "' is no size of a host",
                "write how many processors and MiB of memory, such as " + DEFAULT);
    }

    @Override
    public String toString() {
        return processors + "x" + memoryMebibytes;
    }
}
