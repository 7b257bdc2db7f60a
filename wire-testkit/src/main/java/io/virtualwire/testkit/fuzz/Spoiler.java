package io.virtualwire.testkit.fuzz;

import java.util.random.RandomGenerator;

/** Makes inputs that nobody should send out of ones that are right. */
@FunctionalInterface
public interface Spoiler {
    /** One input; the same for the same random numbers, and the caller's to keep. */
    byte[] next(RandomGenerator random);
}
