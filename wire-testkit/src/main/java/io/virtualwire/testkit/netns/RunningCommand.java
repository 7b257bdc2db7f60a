package io.virtualwire.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A process that a test started; what it prints is kept in a file. */
public final class RunningCommand implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final String command;
    private final Process process;
    private final Path output;

    private RunningCommand(String command, Process process, Path output) {
        this.command = command;
        this.process = process;
        this.output = output;
    }

    static RunningCommand start(ProcessBuilder builder, String command, Path output) {
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            return new RunningCommand(command, process, output);
        } catch (IOException e) {
            throw new UncheckedIOException("`" + command + "` cannot be started", e);
        }
    }

    /** The process's id; a command run in a namespace keeps it, because {@code ip} replaces itself. */
    public long pid() {
        return process.pid();
    }

    /** Whether it still runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Everything printed so far. */
    public String output() {
        try {
            return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a line matches, and fails with the output when the process ends first or the time is up. */
    public void awaitLine(String regex, Duration limit) {
        Pattern pattern = Pattern.compile(regex);
        try {
            Awaitility.await("a line matching /" + regex + "/ from `" + command + "`")
                    .atMost(limit)
                    .pollInterval(Duration.ofMillis(20))
                    .failFast(() -> {
                        if (!process.isAlive() && !pattern.matcher(output()).find()) {
                            throw new AssertionError("`" + command + "` ended:\n" + output());
                        }
                    })
                    .until(() -> pattern.matcher(output()).find());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "`" + command + "` printed no line matching /" + regex + "/ within " + limit + ":\n" + output(), e);
        }
    }

    /** Waits for the end; fails, and kills the process, when it takes longer than the limit. */
    public CommandOutput await(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                throw new AssertionError("`" + command + "` still ran after " + limit + ":\n" + output());
            }
            return new CommandOutput(command, process.exitValue(), output());
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while `" + command + "` ran", e);
        }
    }

    /** Ends it as {@code kill -9} does, and waits until it is gone. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Sends a signal by name, such as {@code STOP} or {@code CONT}. */
    public void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start();
            kill.onExit().join();
            if (kill.exitValue() != 0) {
                throw new AssertionError("signal " + name + " could not be sent to `" + command + "`");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, and kills it when it does not in three seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }
}
