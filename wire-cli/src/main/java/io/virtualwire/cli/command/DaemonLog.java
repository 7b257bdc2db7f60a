package io.virtualwire.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.virtualwire.config.LiveSetting;
import io.virtualwire.config.LogLevel;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/** How much this process logs of its own doing; it can be changed at any time. */
final class DaemonLog {
    private final Logger ours = (Logger) LoggerFactory.getLogger("io.virtualwire");
    /** What logback.xml and WIRE_LOG say. */
    private final Level otherwise = ours.getEffectiveLevel();

    /** The level that somebody asked for, or the one that holds if nobody did. */
    void level(Optional<LogLevel> asked) {
        ours.setLevel(wanted(asked));
    }

    /** The key of a configuration file. */
    <F> LiveSetting<F> setting(Function<F, Optional<LogLevel>> key) {
        return file -> wanted(key.apply(file)).equals(ours.getEffectiveLevel())
                ? Optional.empty()
                : Optional.of(() -> level(key.apply(file)));
    }

    private Level wanted(Optional<LogLevel> asked) {
        return asked.map(it -> Level.toLevel(it.name())).orElse(otherwise);
    }
}
