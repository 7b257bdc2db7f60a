package io.virtualwire.cli.command;

import io.virtualwire.config.LogFormat;
import io.virtualwire.control.WireException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A log format, as it is typed. */
final class LogFormatName implements ITypeConverter<LogFormat> {
    @Override
    public LogFormat convert(String text) {
        try {
            return LogFormat.parse(text);
        } catch (WireException e) {
            throw new TypeConversionException(e.getMessage() + ": " + e.hint());
        }
    }
}
