package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorTest {
    @TempDir
    Path folder;

    @Test
    void findsAesWhereItIsListed() throws IOException {
        assertThat(described("processor : 0\nflags\t\t: fpu aes sse\n").hasAes())
                .isTrue();
        assertThat(described("Features\t: fp asimd aes pmull\n").hasAes()).isTrue();
        assertThat(described("flags\t\t: fpu vaes sse\n").hasAes()).isFalse();
    }

    @Test
    void assumesItWhereNobodySays() throws IOException {
        assertThat(described("nothing\n").hasAes()).isTrue();
        assertThat(new Processor(folder.resolve("absent")).hasAes()).isTrue();
    }

    @Test
    void withoutAesTheOtherCipherComesFirst() {
        assertThat(CipherSuite.offered(true)).startsWith("aes-256-gcm").hasSize(2);
        assertThat(CipherSuite.offered(false)).startsWith("chacha20-poly1305").hasSize(2);
        assertThat(CipherSuite.choose(CipherSuite.offered(false), CipherSuite.offered(true)))
                .contains(CipherSuite.CHACHA20_POLY1305);
    }

    private Processor described(String text) throws IOException {
        return new Processor(Files.writeString(folder.resolve("cpuinfo"), text));
    }
}
