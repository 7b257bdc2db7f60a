package io.virtualwire.connector.succession;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DeathTest {
    @Test
    void isWaitedForAsLongAsTheProcessLives() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        assertThat(Death.await(process.pid(), Duration.ofMillis(20))).isFalse();
        process.destroyForcibly();
        assertThat(Death.await(process.pid(), Duration.ofSeconds(30))).isTrue();
        assertThat(process.waitFor()).isNotZero();
    }
}
