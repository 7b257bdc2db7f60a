package io.virtualwire.control;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The fencing number of one side of a wire: the higher one holds the side, a lower one is refused.
 *
 * <p>Ordered by number, then by proposer, so that two proposers who chose the same number are ordered too. Written
 * {@code number} or {@code number:proposer}. Only the number travels in datagrams; the indices there are bound to the
 * whole generation.
 *
 * @param number 1 to 2^32-1
 * @param proposer who chose the number, at most 64 characters; may be empty
 */
public record Generation(long number, String proposer) implements Comparable<Generation> {
    private static final long HIGHEST = 0xffff_ffffL;

    public Generation {
        if (number < 1 || number > HIGHEST || proposer.length() > 64) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "generation " + number + ":" + proposer + " is out of range",
                    "use a number from 1 to 4294967295 and a proposer of at most 64 characters");
        }
    }

    @JsonCreator
    public static Generation parse(String text) {
        int colon = text.indexOf(':');
        String digits = colon < 0 ? text : text.substring(0, colon);
        try {
            return new Generation(Long.parseLong(digits), colon < 0 ? "" : text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "generation '" + text + "' does not begin with a number", "write 1:me", e);
        }
    }

    @Override
    public int compareTo(Generation other) {
        int byNumber = Long.compare(number, other.number);
        return byNumber != 0 ? byNumber : proposer.compareTo(other.proposer);
    }

    public boolean isAfter(Generation other) {
        return compareTo(other) > 0;
    }

    /** The next generation by number, proposed by {@code by}. */
    public Generation next(String by) {
        return new Generation(number + 1, by);
    }

    @Override
    @JsonValue
    public String toString() {
        return proposer.isEmpty() ? Long.toString(number) : number + ":" + proposer;
    }
}
