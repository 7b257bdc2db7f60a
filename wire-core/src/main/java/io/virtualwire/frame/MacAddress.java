package io.virtualwire.frame;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/**
 * A 48-bit Ethernet address; the hot path carries its {@link #bits} instead.
 *
 * @param bits the address in the low 48 bits, first byte highest
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
    /** All ones: every station. */
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final long GROUP_BIT = 1L << 40;
    private static final long LOCAL_BIT = 1L << 41;

    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("0x" + Long.toHexString(bits) + " has more than 48 bits");
        }
    }

    /** Reads six pairs of hex digits with colons or dashes between them. */
    @JsonCreator
    public static MacAddress parse(String text) {
        String[] parts = text.split("[:-]", -1);
        long bits = 0;
        boolean valid = parts.length == 6;
        for (int i = 0; valid && i < 6; i++) {
            valid = parts[i].length() == 2
                    && Character.digit(parts[i].charAt(0), 16) >= 0
                    && Character.digit(parts[i].charAt(1), 16) >= 0;
            if (valid) {
                bits = bits << 8 | Integer.parseInt(parts[i], 16);
            }
        }
        if (!valid) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + text + "' is not a MAC address", "write it as 02:00:5e:10:00:01");
        }
        return new MacAddress(bits);
    }

    /** A unicast address of the locally administered range that is derived from 46 bits of {@code seed}. */
    public static MacAddress local(long seed) {
        return new MacAddress(seed & BROADCAST & ~GROUP_BIT | LOCAL_BIT);
    }

    /** Whether these bits name a group (multicast or broadcast) rather than one station. */
    public static boolean isGroup(long bits) {
        return (bits & GROUP_BIT) != 0;
    }

    public boolean isGroup() {
        return isGroup(bits);
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(bits, other.bits);
    }

    @Override
    @JsonValue
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int value = (int) (bits >>> shift) & 0xff;
            text.append(Character.forDigit(value >>> 4, 16)).append(Character.forDigit(value & 0xf, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
