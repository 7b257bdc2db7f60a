package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostBookTest {
    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasNotedForTheNextWhoAsks() {
        HostAddress address = new HostAddress("192.0.2.1", 9000);
        assertThat(book().put("east-1", address)).isTrue();
        assertThat(book().put("east-1", address)).isFalse();
        assertThat(book().find("east-1")).isEqualTo(address);
        assertThat(book().all()).containsOnlyKeys("east-1");
        assertThat(book().remove("east-1")).isTrue();
        assertThat(book().remove("east-1")).isFalse();
    }

    @Test
    void takesAnUnknownNameAsAnAddress() {
        assertThat(book().find("host.example")).isEqualTo(new HostAddress("host.example", 7472));
        assertThat(book().find("[2001:db8::1]:9")).isEqualTo(new HostAddress("2001:db8::1", 9));
    }

    @Test
    void saysWhichFileIsDamagedAndLeavesIt() throws IOException {
        Path file = folder.resolve("hosts.json");
        Files.writeString(file, "{\"east-1\": ");
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> book().put("west-1", new HostAddress("192.0.2.2", 1)))
                .withMessageContaining(file.toString())
                .matches(e -> e.code() == ErrorCode.CORRUPT);
        assertThat(file).hasContent("{\"east-1\": ");
    }

    private HostBook book() {
        return new HostBook(new WireHome(folder));
    }
}
