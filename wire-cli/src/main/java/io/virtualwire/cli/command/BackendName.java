package io.virtualwire.cli.command;

import io.virtualwire.control.Backend;
import io.virtualwire.control.WireException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what is to carry a wire's frames. */
final class BackendName implements ITypeConverter<Backend> {
    @Override
    public Backend convert(String text) {
        try {
            return Backend.parse(text);
        } catch (WireException e) {
            throw new TypeConversionException(e.getMessage() + "; " + e.hint());
        }
    }
}
