package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A daemon's configuration file on a host: ours to write until somebody has written there. */
final class DaemonConfiguration {
    static final String MARK =
            "# Written by 'wire host'. Change what you like, and remove this line: it is left alone then.\n";

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HostShell shell;
    private final String path;

    DaemonConfiguration(HostShell shell, String path) {
        this.shell = shell;
        this.path = path;
    }

    /** Sees to it that the file says this; true if it did not. */
    boolean write(String content, String name) {
        CommandResult known = shell.run(LIMIT, List.of("cat", path));
        String wanted = MARK + content;
        if (known.succeeded() && known.output().equals(wanted)) {
            return false;
        }
        if (known.succeeded() && !known.output().startsWith(MARK) && says(known.output())) {
            if (!known.output().lines().map(String::strip).toList().contains("name: " + name)) {
                throw new WireException(
                        ErrorCode.ALREADY_EXISTS,
                        path + " is somebody's own, and calls the host something else than " + name,
                        "take it in under the name that the file says, or move the file away");
            }
            return false;
        }
        put(wanted);
        return true;
    }

    /** Whether the daemon may not have read what was written last: whoever wrote it was cut short before {@link #read}. */
    boolean isUnread() {
        return shell.run(LIMIT, List.of("test", "-e", unread())).succeeded();
    }

    /** Notes that the daemon has begun anew since the file was written. */
    void read() {
        run(List.of("rm", "-f", "--", unread()));
    }

    private String unread() {
        return path + ".unread";
    }

    private void put(String wanted) {
        // First: a restart too many does no harm.
        run(List.of("sh", "-c", "mkdir -p -- \"${0%/*}\" && touch -- \"$0\"", unread()));
        shell.put(path, 0644, wanted.getBytes(StandardCharsets.UTF_8));
    }

    private void run(List<String> command) {
        CommandResult result = shell.run(LIMIT, command);
        if (!result.succeeded()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot note on the host what its daemon is to read: "
                            + result.output().strip(),
                    "mend that there, and give the command again");
        }
    }

    /** Sees to it that a file of ours has another address in the place of this one; true if it had it. */
    boolean replace(String address, String other) {
        CommandResult known = shell.run(LIMIT, List.of("cat", path));
        if (!known.succeeded() || !known.output().startsWith(MARK)) {
            return false;
        }
        String wanted = known.output()
                .replaceAll(
                        "(?<![0-9a-fA-F.:])" + Pattern.quote(address) + "(?![0-9a-fA-F.:])",
                        Matcher.quoteReplacement(other));
        if (wanted.equals(known.output())) {
            return false;
        }
        put(wanted);
        return true;
    }

    /** Whether a file has more in it than comments; as installed, it says that nothing is trusted or granted. */
    private static boolean says(String content) {
        return content.lines()
                .map(String::strip)
                .anyMatch(line ->
                        !line.isEmpty() && !line.startsWith("#") && !line.endsWith(": []") && !line.endsWith(": {}"));
    }
}
