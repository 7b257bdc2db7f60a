package io.virtualwire.cli.command;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** What is only tested with {@code -Dwire.long=true}, because it takes minutes. */
final class LongRun {
    private static final boolean LONG = Boolean.getBoolean("wire.long");

    private LongRun() {}

    static Stream<DynamicTest> of(String name, Executable test) {
        return LONG ? Stream.of(DynamicTest.dynamicTest(name, test)) : Stream.empty();
    }
}
