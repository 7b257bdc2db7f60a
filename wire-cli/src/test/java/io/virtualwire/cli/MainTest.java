package io.virtualwire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsTheBuiltVersionAndTheJdk() {
        assertThat(execute("--version")).isZero();
        assertThat(out.toString()).matches("(?s)wire \\d+\\.\\d+\\.\\d+\\S*\\RJDK 25.*");
    }

    @Test
    void withoutACommandSaysWhereToLook() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).contains("wire help");
    }

    @Test
    void helpListsTheCommands() {
        assertThat(execute("help")).isZero();
        assertThat(out.toString()).contains("Usage: wire");
    }

    private int execute(String... arguments) {
        CommandLine wire = Main.commandLine();
        return wire.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }
}
