package io.virtualwire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsTheBuiltVersionAndTheJdk() {
        assertThat(execute("--version")).isZero();
        String version = out.toString();
        assertThat(version).matches("(?s)wire \\d+\\.\\d+\\.\\d+\\S*\\RJDK 25.*");
        assertThat(execute("host", "ls", "--version")).isZero();
        assertThat(out.toString()).isEqualTo(version + version);
    }

    @Test
    void withoutACommandShowsThoseThereAre() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).startsWith("wire: no command was given").contains("Usage: wire", "connect");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void helpListsTheCommands() {
        assertThat(execute("help")).isZero();
        assertThat(out.toString()).contains("Usage: wire");
    }

    @Test
    void helpReachesEveryDepth() {
        assertThat(execute("help", "endpoint", "add")).isZero();
        assertThat(out.toString()).contains("Usage: wire endpoint add");
        assertThat(execute("help", "endpoint", "ad")).isEqualTo(2);
        assertThat(err.toString()).contains("'wire endpoint' has no command 'ad'");
    }

    @Test
    void aTypingErrorIsToldInALineOrTwo() {
        assertThat(execute("endpoint", "ls", "--hots", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("--hots", "--host", "see 'wire endpoint ls --help'");
        assertThat(err.toString().lines()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aPortIsCheckedWhileReading() {
        assertThat(execute("connector", "run", "--port", "99999")).isEqualTo(2);
        assertThat(err.toString()).contains("--port", "99999", "65535");
    }

    @Test
    void aHostIsNotCalledAsANodeIs() {
        assertThat(execute("host", "add", "root@node-3.example.org")).isEqualTo(1);
        assertThat(err.toString()).contains("node-3", "the credentials of a node", "choose a name");
        assertThat(execute("host", "add", "root@libvirt-3.example.org")).isEqualTo(1);
        assertThat(err.toString()).contains("libvirt-3", "the credentials of a hypervisor");
    }

    @Test
    void bashCompletesWhatIsThere() throws Exception {
        assertThat(execute("completion")).isZero();
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        out + "\nCOMP_WORDS=(wire switch cr); COMP_CWORD=2; _complete_wire; echo ${COMPREPLY[@]}\n"
                                + "COMP_WORDS=(wire migrate lan --t); COMP_CWORD=3; _complete_wire; echo ${COMPREPLY[@]}")
                // Outside of a real completion, compopt complains there.
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(bash.inputReader().lines()).containsExactly("create", "--to");
    }

    @Test
    void aCommandThatIsNamedIsAllThatIsBuilt() {
        assertThat(Main.commandLine(Main.needed("host", "ls")).getSubcommands()).containsOnlyKeys("host");
        assertThat(Main.needed("--version")).isEmpty();
        Set<String> all = Main.commandLine().getSubcommands().keySet();
        assertThat(all).hasSizeGreaterThan(20);
        for (String[] line : new String[][] {{}, {"help", "host"}, {"completion"}, {"-o", "json", "ls"}, {"hots"}}) {
            assertThat(Main.commandLine(Main.needed(line)).getSubcommands().keySet())
                    .isEqualTo(all);
        }
    }

    @Test
    void whatDescribesItselfWithoutAnnotationsReadsItsOptionsAsTheOthersDo(@TempDir Path folder) {
        String file = folder.resolve("none.wire").toString();
        assertThat(execute("ls", "--identity", file, "-o", "JSON")).isEqualTo(1);
        String said = err.toString();
        assertThat(said).contains(file).startsWith("{");
        assertThat(execute("endpoint", "ls", "--host", "localhost", "--identity", file, "-o", "JSON"))
                .isEqualTo(1);
        assertThat(err.toString()).isEqualTo(said + said);
        assertThat(execute("ls", "--hots", "web")).isEqualTo(2);
        assertThat(err.toString()).contains("Unknown options: '--hots', 'web'", "see 'wire ls --help'");
    }

    private int execute(String... arguments) {
        CommandLine wire = Main.commandLine(Main.needed(arguments));
        return wire.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }
}
