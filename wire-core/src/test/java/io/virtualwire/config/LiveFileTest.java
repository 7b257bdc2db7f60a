package io.virtualwire.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class LiveFileTest {
    private record Settings(
            String colour, @JsonProperty("log-level") String level, int port, String name) {}

    private static final Settings AT_START = new Settings("red", "info", 1, "a");

    private final AtomicReference<Settings> disk = new AtomicReference<>(AT_START);
    private String colour = "red";
    private String level = "info";

    private final LiveFile<Settings> live = new LiveFile<>(
            Path.of("f"), path -> disk.get(), new ConfigKeys<>(Settings.class), AT_START, Set.of("name"), settings());

    private Map<String, LiveSetting<Settings>> settings() {
        Map<String, LiveSetting<Settings>> all = new LinkedHashMap<>();
        all.put(
                "colour",
                file -> file.colour().equals(colour) ? Optional.empty() : Optional.of(() -> colour = file.colour()));
        all.put("log-level", file -> {
            if (file.level().equals("bad")) {
                throw new WireException(ErrorCode.BAD_REQUEST, "bad", "");
            }
            return file.level().equals(level) ? Optional.empty() : Optional.of(() -> level = file.level());
        });
        return all;
    }

    @Test
    void whatIsTheSameChangesNothing() {
        assertThat(live.reload().changed()).isEmpty();
        assertThat(live.reload().restart()).isEmpty();
    }

    @Test
    void eachKeyIsNamedWhereItBelongs() {
        disk.set(new Settings("blue", "debug", 2, "b"));
        ReloadReport report = live.reload();
        assertThat(report.changed()).containsExactly("colour", "log-level");
        assertThat(report.restart()).containsExactly("port");
        assertThat(report.overridden()).containsExactly("name");
        assertThat(colour + level).isEqualTo("bluedebug");
        assertThat(live.reload().changed()).as("it is in effect").isEmpty();
        assertThat(live.reload().restart()).as("it is not").containsExactly("port");
        disk.set(AT_START);
        assertThat(live.reload().changed()).containsExactly("colour", "log-level");
        assertThat(live.reload().restart()).isEmpty();
    }

    @Test
    void aBadFileChangesNothing() {
        disk.set(new Settings("blue", "bad", 2, "b"));
        assertThatThrownBy(live::reload).isInstanceOf(WireException.class);
        assertThat(colour).isEqualTo("red");
    }

    @Test
    void withoutAFileThereIsNothingToReload() {
        ReloadSource source = new ReloadSource("node");
        assertThatThrownBy(source::reload)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.hint()).contains("wire node run --config"));
    }
}
