package io.virtualwire.cloud.ec2.standin;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.LocalCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Commands of this machine that must succeed. */
final class Tool {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Tool() {}

    static String run(String... line) {
        return require(List.of(line), "");
    }

    /** Gives it this to read. */
    static String feed(String input, String... line) {
        return require(List.of(line), input);
    }

    /** Tries, where what is to be undone may not be there. */
    static void attempt(String... line) {
        new LocalCommand(List.of(line)).run(LIMIT, new byte[0]);
    }

    private static String require(List<String> line, String input) {
        CommandResult result = new LocalCommand(line).run(LIMIT, input.getBytes(StandardCharsets.UTF_8));
        if (!result.succeeded()) {
            throw new IllegalStateException("'" + String.join(" ", line) + "' failed: "
                    + result.output().strip());
        }
        return result.output();
    }
}
