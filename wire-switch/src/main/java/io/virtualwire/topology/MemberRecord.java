package io.virtualwire.topology;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.util.List;

/**
 * A node, or witness, that takes part in the fabric.
 *
 * @param number by which the others call it on their loopback addresses; 0 in a question: any
 * @param addresses where its cluster tunnel listens, each {@code host:port}, in the order in which they are tried
 */
public record MemberRecord(String name, Identity identity, int number, List<String> addresses) {
    /** The highest number that fits the last byte of a loopback address. */
    public static final int HIGHEST = 254;

    public MemberRecord {
        addresses = List.copyOf(addresses);
        if (number < 0 || number > HIGHEST) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot give node " + name + " the number " + number,
                    "use 1 to " + HIGHEST + ", or 0 for any");
        }
    }

    MemberRecord numbered(int given) {
        return new MemberRecord(name, identity, given, addresses);
    }
}
