package io.virtualwire.cli.output;

import io.virtualwire.client.ErrorBody;
import io.virtualwire.control.WireException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what went wrong: what was attempted, on what, what to do next, and the stable code. */
public final class ErrorReport implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        PrintWriter err = command.getErr();
        if (cause instanceof WireException refused) {
            if (OutputFormat.of(command.getCommandSpec()) == OutputFormat.JSON) {
                err.println(Output.json(ErrorBody.of(refused)));
            } else {
                err.println("wire: " + refused.getMessage());
                if (!refused.hint().isEmpty()) {
                    err.println("      " + refused.hint());
                }
                err.println("      (" + refused.code() + ")");
            }
        } else {
            err.println("wire: a defect of ours; please report it with what follows");
            cause.printStackTrace(err);
        }
        err.flush();
        return ExitCode.FAILED;
    }
}
