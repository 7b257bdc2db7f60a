package io.virtualwire.cli.command;

import io.virtualwire.config.LogLevel;
import io.virtualwire.control.WireException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A log level, as it is typed. */
final class LogLevelName implements ITypeConverter<LogLevel> {
    @Override
    public LogLevel convert(String text) {
        try {
            return LogLevel.parse(text);
        } catch (WireException e) {
            throw new TypeConversionException(e.getMessage() + ": " + e.hint());
        }
    }
}
