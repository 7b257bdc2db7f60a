package io.virtualwire.cli.output;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what was not understood of a command line, and where to read how it is written. */
public final class UsageReport implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException misunderstood, String[] arguments) {
        CommandLine command = misunderstood.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("wire: " + misunderstood.getMessage());
        boolean incomplete = misunderstood.getClass() == ParameterException.class && misunderstood.getArgSpec() == null;
        if (incomplete && !command.getSubcommands().isEmpty()) {
            // It is what can be typed next.
            command.usage(err);
        } else {
            UnmatchedArgumentException.printSuggestions(misunderstood, err);
            err.println("      see '" + command.getCommandSpec().qualifiedName() + " --help'");
        }
        err.flush();
        return ExitCode.USAGE;
    }
}
