package io.virtualwire.cloud.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SshTargetTest {
    @ParameterizedTest
    @ValueSource(strings = {"root@host-a", "me@192.0.2.1:2222", "me@[2001:db8::1]", "me@[2001:db8::1]:2222"})
    void whatIsWrittenIsRead(String text) {
        assertThat(SshTarget.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"host", "@host", "me@", "me@a:0", "me@a:70000", "-o@a", "me@a b", "me@2001:db8::1", "a@b@c"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> SshTarget.parse(text)).isInstanceOf(WireException.class);
    }
}
