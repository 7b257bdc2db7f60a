package io.virtualwire.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.Enrolment;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.WireHome;
import io.virtualwire.testkit.Jvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuthorityCrashIT {
    @TempDir
    private Path folder;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() {
        processes.forEach(process -> process.destroyForcibly().onExit().join());
    }

    @Test
    void enrolmentThatWasWrittenAndNotAnsweredIsAnsweredNextTime() throws Exception {
        WireHome home = new WireHome(folder.resolve("home"));
        home.createAuthority("acme", InstantSource.system());
        Registrar registrar = Registrar.of(home, InstantSource.system());
        int port = start(home, 0, true);
        EnrolmentToken token = registrar.createToken(
                "hostb", Duration.ofHours(1), registrar.service().orElseThrow());
        Path file = folder.resolve("hostb.wire");
        Enrolment enrolment = new Enrolment(file, InstantSource.system());

        assertThatThrownBy(() -> enrolment.by(token)).isInstanceOf(WireException.class);
        assertThat(processes.getFirst().waitFor()).isEqualTo(137);
        assertThat(file).doesNotExist();
        assertThat(registrar.members()).hasSize(1);

        start(home, port, false);
        Credentials made = enrolment.by(token);
        assertThat(registrar.members())
                .as("it was not issued twice")
                .singleElement()
                .satisfies(it -> assertThat(it.serial())
                        .isEqualTo(made.certificate().getSerialNumber().toString(16)));
        Path thief = Files.createDirectory(folder.resolve("thief")).resolve("hostb.wire");
        assertThatThrownBy(() -> new Enrolment(thief, InstantSource.system()).by(token))
                .hasMessageContaining("was used");
    }

    private int start(WireHome home, int port, boolean dying) throws IOException {
        Process process = new ProcessBuilder(Jvm.DAEMON.command(
                        List.of(),
                        AuthorityProcess.class,
                        home.folder().toString(),
                        Integer.toString(port),
                        Boolean.toString(dying)))
                .redirectErrorStream(true)
                .start();
        processes.add(process);
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("port ")) {
                return Integer.parseInt(line.substring("port ".length()));
            }
        }
        throw new AssertionError("the authority's service has ended");
    }
}
