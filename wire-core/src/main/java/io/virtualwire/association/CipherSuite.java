package io.virtualwire.association;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.openssl.Aead;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** An AEAD that a session may seal its datagrams with. */
enum CipherSuite {
    AES_256_GCM("aes-256-gcm", "AES/GCM/NoPadding", "AES", Aead.Algorithm.AES_256_GCM),
    CHACHA20_POLY1305("chacha20-poly1305", "ChaCha20-Poly1305", "ChaCha20", Aead.Algorithm.CHACHA20_POLY1305);

    private final String wireName;
    private final String transformation;
    private final String keyAlgorithm;
    private final Aead.Algorithm algorithm;

    CipherSuite(String wireName, String transformation, String keyAlgorithm, Aead.Algorithm algorithm) {
        this.wireName = wireName;
        this.transformation = transformation;
        this.keyAlgorithm = keyAlgorithm;
        this.algorithm = algorithm;
    }

    /** The one of this name. */
    static CipherSuite named(String wireName) {
        return Arrays.stream(values())
                .filter(suite -> suite.wireName.equals(wireName))
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.BAD_REQUEST,
                        "no cipher " + wireName + " is known here",
                        "use the release that knows it"));
    }

    /** What it is called in {@code hello}. */
    String wireName() {
        return wireName;
    }

    /** What the JDK calls it. */
    String transformation() {
        return transformation;
    }

    String keyAlgorithm() {
        return keyAlgorithm;
    }

    /** What OpenSSL calls it. */
    Aead.Algorithm algorithm() {
        return algorithm;
    }

    /** What a daemon offers, the preferred one first: without hardware for it AES-GCM is the slower by far. */
    static List<String> offered(boolean aesInHardware) {
        return aesInHardware
                ? List.of(AES_256_GCM.wireName, CHACHA20_POLY1305.wireName)
                : List.of(CHACHA20_POLY1305.wireName, AES_256_GCM.wireName);
    }

    /** The first of the server's list that the client has too and that is known here; both sides find the same. */
    static Optional<CipherSuite> choose(List<String> server, List<String> client) {
        return server.stream()
                .filter(client::contains)
                .flatMap(name -> List.of(values()).stream().filter(suite -> suite.wireName.equals(name)))
                .findFirst();
    }
}
