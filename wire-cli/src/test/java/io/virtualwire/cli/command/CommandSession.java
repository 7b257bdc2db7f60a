package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.cli.Main;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code wire} in a namespace with a wire home of its own, one command after the other in one process. */
final class CommandSession implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedReader answers;

    /** What a command printed, on both streams, and its exit status. */
    record Result(int status, String text) {
        Result orFail() {
            assertThat(status).as(text).isZero();
            return this;
        }
    }

    /** Makes the home with {@code wire init}. */
    CommandSession(Namespace host, Path home) throws IOException {
        this(List.of("ip", "netns", "exec", host.name()), home);
    }

    /** Behind another command that says where it is to run. */
    CommandSession(List<String> where, Path home) throws IOException {
        List<String> command = new ArrayList<>(where);
        command.addAll(java(home, CommandSession.class));
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        run("init", "--tenant", "acme").orFail();
    }

    /** A daemon of that wire home, in a process of its own. */
    static RunningCommand daemon(Namespace host, Path home, String... arguments) {
        // Whoever runs the tests in the background ignores SIGINT, and its children would inherit that.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
        command.addAll(java(home, Main.class, arguments));
        return host.start(command.toArray(String[]::new));
    }

    Result run(String... arguments) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8)
                .append(JSON.writeValueAsString(arguments))
                .append('\n')
                .flush();
        return JSON.readValue(answers.readLine(), Result.class);
    }

    String said(String... arguments) throws IOException {
        return run(arguments).orFail().text();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /** Runs the commands that standard input gives as JSON arrays, one a line. */
    public static void main(String[] none) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            StringWriter text = new StringWriter();
            int status = Main.commandLine()
                    .setOut(new PrintWriter(text))
                    .setErr(new PrintWriter(text))
                    .execute(JSON.readValue(line, String[].class));
            System.out.println(JSON.writeValueAsString(new Result(status, text.toString())));
        }
    }

    private static List<String> java(Path home, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "WIRE_HOME=" + home));
        command.addAll(Launch.java(List.of(), main, arguments));
        return command;
    }
}
