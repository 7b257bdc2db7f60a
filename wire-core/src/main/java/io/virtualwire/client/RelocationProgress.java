package io.virtualwire.client;

import java.util.Optional;

/**
 * One line of a relocation's progress; the last one has a result, and an error if not everything has moved.
 *
 * @param step {@code agreed}, with all steps as a result; {@code moving}, {@code copying}, {@code done} or {@code failed}, of the
 *     thing that it is about; {@code ended}
 * @param name of that thing; empty at the beginning and at the end
 * @param number of its step, from 1; 0 at the beginning and at the end
 * @param detail where it goes, how far its memory is copied, or why it failed
 * @param millis since the relocation was asked for, by the clock of the node that was asked
 */
public record RelocationProgress(
        String step,
        String name,
        int number,
        String detail,
        double millis,
        Optional<RelocationView> result,
        Optional<ErrorBody> error) {}
