package io.virtualwire.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.control.WireException;
import java.io.PrintWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints results in the form that {@code -o} asks for; a mixin of every command that prints a result. */
@Command
public final class Output {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    /** As a mixin, which picocli tells of its command. */
    public Output() {}

    /** Of a command that describes itself. */
    public Output(CommandSpec spec) {
        this.spec = spec;
    }

    public boolean isJson() {
        return OutputFormat.of(required()) == OutputFormat.JSON;
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

    /** Prints one result of many: as JSON on one line, or as {@code forPeople} does. */
    public void line(Object result, Consumer<PrintWriter> forPeople) {
        if (isJson()) {
            try {
                out().println(ApiJson.lenient().writeValueAsString(result));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a result cannot be written as JSON", e);
            }
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

    /** Says what is missing from a result that is printed all the same; goes to standard error in either form. */
    public void warn(String what, WireException why) {
        err().println(
                        isJson()
                                ? json(new ErrorBody(why.code().name(), what + ": " + why.getMessage(), why.hint()))
                                : "wire: " + what + ": " + why.getMessage()
                                        + (why.hint().isEmpty() ? "" : "\n      " + why.hint()));
        err().flush();
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
