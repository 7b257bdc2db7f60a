package io.virtualwire.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.virtualwire.client.ApiJson;
import java.io.PrintWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option {@code -o}, and the printing that goes by it; a mixin of every command that prints a result. */
public final class Output {
    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "Print as ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private OutputFormat format = OutputFormat.TABLE;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    public boolean isJson() {
        return format == OutputFormat.JSON;
    }

    /** Prints {@code result} as JSON, or calls {@code forPeople}. */
    public void print(Object result, Consumer<PrintWriter> forPeople) {
        if (isJson()) {
            out().println(json(result));
        } else {
            forPeople.accept(out());
        }
        out().flush();
    }

    /** Says what is going on, to a person who waits; goes to standard error so that results stay clean. */
    public void progress(String line) {
        if (!isJson()) {
            err().println(line);
            err().flush();
        }
    }

    static String json(Object value) {
        try {
            return ApiJson.lenient().writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result cannot be written as JSON", e);
        }
    }

    private PrintWriter out() {
        return required().commandLine().getOut();
    }

    private PrintWriter err() {
        return required().commandLine().getErr();
    }

    private CommandSpec required() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the command before it runs");
        }
        return spec;
    }
}
