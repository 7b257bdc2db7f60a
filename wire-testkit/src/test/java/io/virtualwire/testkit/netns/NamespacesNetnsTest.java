package io.virtualwire.testkit.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@NetnsTest
class NamespacesNetnsTest {
    /** Prints the devices it sees and stays until it is ended. */
    static final class Stay {
        public static void main(String[] arguments) throws Exception {
            System.out.println("staying as " + arguments[0]);
            Thread.sleep(Duration.ofMinutes(5));
        }
    }

    @Test
    void twoNamespacesReachEachOther() {
        try (Namespaces lab = Namespaces.open()) {
            Namespace east = lab.namespace("east");
            Namespace west = lab.namespace("west");
            lab.veth(east, "up0", "192.0.2.1/24", west, "up0", "192.0.2.2/24");

            assertThat(east.run("ping", "-c", "1", "-W", "2", "192.0.2.2").text())
                    .contains("1 received");
        }
    }

    @Test
    void closingRemovesNamespacesProcessesAndFiles() {
        Path file;
        Path scratch;
        RunningCommand stay;
        try (Namespaces lab = Namespaces.open()) {
            Namespace east = lab.namespace("east");
            file = east.file();
            scratch = lab.scratch();
            stay = east.startJava(Stay.class, "guest");
            stay.awaitLine("staying as guest", Duration.ofSeconds(30));
            assertThat(file).exists();
        }

        assertThat(stay.alive()).isFalse();
        assertThat(Files.exists(file)).isFalse();
        assertThat(Files.exists(scratch)).isFalse();
    }

    @Test
    void aFailedCommandShowsWhatItPrinted() {
        try (Namespaces lab = Namespaces.open()) {
            Namespace east = lab.namespace("east");

            assertThatThrownBy(() -> east.run("sh", "-c", "echo no such luck; exit 3"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("exited with 3")
                    .hasMessageContaining("no such luck");
        }
    }

    @Test
    void aTapDeviceCanBeMade() {
        try (Namespaces lab = Namespaces.open()) {
            Namespace east = lab.namespace("east");
            east.ip("tuntap add dev tap0 mode tap");

            assertThat(east.ip("link show tap0").text()).contains("tap0");
        }
    }
}
