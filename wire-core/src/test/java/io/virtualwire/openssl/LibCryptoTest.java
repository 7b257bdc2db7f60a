package io.virtualwire.openssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.SymbolLookup;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LibCryptoTest {
    @Test
    void isUsableHere() {
        LibCrypto found = LibCrypto.look();
        assertThat(found.fault()).as("install OpenSSL 3 (Debian: libssl3)").isEmpty();
        assertThat(found.version()).startsWith("OpenSSL 3");
        assertThat(LibCrypto.look()).isEqualTo(found);
    }

    @Test
    void saysWhichFunctionsAreMissing() {
        SymbolLookup older = name -> name.startsWith("EVP_CIPHER_CTX")
                ? Optional.empty()
                : Evp.library().find(name);
        assertThat(Evp.missing(older))
                .containsExactly("EVP_CIPHER_CTX_new", "EVP_CIPHER_CTX_free", "EVP_CIPHER_CTX_ctrl");
        assertThat(Evp.missing(Evp.library())).isEmpty();
    }

    @Test
    void noticesAnotherAnswer() {
        KnownAnswer right = KnownAnswer.AES_256_GCM;
        byte[] wrong = right.sealed().clone();
        wrong[31] ^= 1;
        assertThat(right.isGiven()).isTrue();
        assertThat(new KnownAnswer(
                                right.algorithm(),
                                right.key(),
                                right.nonceHigh(),
                                right.nonceLow(),
                                right.header(),
                                right.text(),
                                wrong)
                        .isGiven())
                .isFalse();
        assertThat(KnownAnswer.CHACHA20_POLY1305.isGiven()).isTrue();
    }

    @Test
    void aKeyIsForOneDirection() {
        byte[] bytes = new byte[100];
        try (Aead sealing = Aead.sealing(Aead.Algorithm.AES_256_GCM, new byte[Aead.KEY_LENGTH])) {
            assertThatThrownBy(() -> sealing.open(0, 1, bytes, 0, 16, 10, new byte[10], 0))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> Aead.sealing(Aead.Algorithm.AES_256_GCM, new byte[16]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
