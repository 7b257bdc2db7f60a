package io.virtualwire.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import io.virtualwire.config.LiveSetting;
import io.virtualwire.config.LogFormat;
import io.virtualwire.config.LogLevel;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/** How much this process logs of its own doing; it can be changed at any time. */
final class DaemonLog {
    private final Logger ours;
    /** What logback.xml and WIRE_LOG say. */
    private final Level otherwise;

    DaemonLog() {
        this((Logger) LoggerFactory.getLogger("io.virtualwire"));
    }

    DaemonLog(Logger ours) {
        this.ours = ours;
        this.otherwise = ours.getEffectiveLevel();
    }

    /** The level that somebody asked for, or the one that holds if nobody did. */
    void level(Optional<LogLevel> asked) {
        ours.setLevel(wanted(asked));
    }

    /** The format that somebody asked for; text if nobody did. */
    void format(Optional<LogFormat> asked) {
        if (asked.filter(LogFormat.JSON::equals).isEmpty()) {
            return;
        }
        LoggerContext context = ours.getLoggerContext();
        Iterator<Appender<ILoggingEvent>> appenders =
                context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
        while (appenders.hasNext()) {
            if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> out) {
                JsonEncoder json = new JsonEncoder();
                json.setContext(context);
                json.setWithContext(false);
                json.setWithSequenceNumber(false);
                json.setWithNanoseconds(false);
                json.setWithMDC(false);
                json.setWithArguments(false);
                json.setWithMessage(false);
                json.setWithFormattedMessage(true);
                json.start();
                out.setEncoder(json);
            }
        }
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
