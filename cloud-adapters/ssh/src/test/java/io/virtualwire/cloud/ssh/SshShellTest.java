package io.virtualwire.cloud.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.virtualwire.cloud.spi.LocalCommand;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.testkit.netns.NetnsTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom it believes, and who believes it. */
@NetnsTest
final class SshShellTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private SshLab lab;

    @BeforeEach
    void open() {
        lab = new SshLab(folder);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void aMachineIsBelievedWhenItIsKnownAndNotWhenItHasChanged() {
        SshTarget one = lab.machine("one");
        assertThat(refusal(one, lab.access(false), ErrorCode.UNAUTHENTICATED)).contains("nobody knows", "SHA256:");
        works(one, lab.access(true));
        works(one, lab.access(false));
        lab.replace("one");
        assertThat(refusal(one, lab.access(true), ErrorCode.UNAUTHENTICATED)).contains("is not who it was", "SHA256:");
    }

    @Test
    void theFirstMachineOfACloudIsNotedBeforeTheCloudHasAFolder() {
        SshTarget one = lab.machine("one");
        Path notes = folder.resolve("a/cloud/known_hosts");
        works(one, new SshAccess(List.of(lab.key()), Optional.empty(), notes, List.of(), true));
        works(one, new SshAccess(List.of(lab.key()), Optional.empty(), notes, List.of(), false));
    }

    @Test
    void whatThePersonsFileKnowsIsBelievedAndTheFileLeftAlone() throws IOException {
        SshTarget one = lab.machine("one");
        works(one, lab.access(true));
        Path theirs = folder.resolve("theirs");
        Files.move(folder.resolve("known_hosts"), theirs);
        String before = Files.readString(theirs);
        works(one, also(theirs, false));
        assertThat(theirs).hasContent(before);
        Files.delete(folder.resolve("known_hosts"));
        lab.machine("two");
        works(lab.machine("two"), also(theirs, true));
        assertThat(theirs).hasContent(before);
    }

    private SshAccess also(Path known, boolean acceptNew) {
        SshAccess access = lab.access(acceptNew);
        return new SshAccess(access.identities(), access.agent(), access.knownHosts(), List.of(known), acceptNew);
    }

    @Test
    void anAgentProvesWhoWeAre() throws Exception {
        SshTarget one = lab.machine("one");
        Path socket = folder.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Awaitility.await().atMost(LIMIT).until(() -> Files.exists(socket));
            SshAccess byAgent = new SshAccess(
                    List.of(folder.resolve("absent")),
                    Optional.of(socket),
                    folder.resolve("known_hosts"),
                    List.of(),
                    true);
            assertThat(refusal(one, byAgent, ErrorCode.UNAUTHENTICATED)).contains("does not let us in");
            SshLab.run(
                    "env", "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", lab.key().toString());
            works(one, byAgent);
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    @Test
    void whoeverDoesNotAnswerIsUnavailable() {
        SshTarget one = lab.machine("one");
        refusal(new SshTarget("root", one.address(), 1), lab.access(true), ErrorCode.UNAVAILABLE);
        refusal(new SshTarget("root", "absent.invalid", 22), lab.access(true), ErrorCode.UNAVAILABLE);
    }

    @Test
    void aLineIsTakenApartIntoTheSameArguments() {
        List<String> arguments = List.of("printf", "[%s]", "", "a'b", "$(id)\n\\", "ü \"*\"");
        assertThat(new LocalCommand(List.of("sh", "-c", new ShellLine(arguments).toString()))
                        .run(LIMIT, new byte[0])
                        .output())
                .isEqualTo("[][a'b][$(id)\n\\][ü \"*\"]");
    }

    private static void works(SshTarget target, SshAccess access) {
        try (SshShell shell = SshShell.connect(target, access)) {
            assertThat(shell.run(LIMIT, List.of("echo", "here")).output()).isEqualTo("here\n");
            assertThat(shell.address().getHostAddress()).isEqualTo(target.address());
        }
    }

    private static String refusal(SshTarget target, SshAccess access, ErrorCode code) {
        StringBuilder message = new StringBuilder();
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> works(target, access))
                .satisfies(e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    message.append(e.getMessage());
                });
        return message.toString();
    }
}
