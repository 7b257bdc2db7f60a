package io.virtualwire.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    @TempDir
    private Path folder;

    private final TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());

    @Test
    void areTheSameAfterSavingAndLoading() {
        Credentials credentials = authority.issue("rack1");
        credentials.save(folder.resolve("rack1.wire"));
        assertThat(Credentials.load(folder.resolve("rack1.wire"))).isEqualTo(credentials);
    }

    @Test
    void fileIsReadableByItsOwnerOnlyAndLeavesNoDraftBehind() throws Exception {
        Path file = folder.resolve("home/rack1.wire");
        authority.issue("rack1").save(file);
        authority.issue("rack1").save(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder.resolve("home")).isDirectoryContaining(file::equals);
        try (var files = Files.list(folder.resolve("home"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void missingOrDamagedFileSaysWhatToDo() throws Exception {
        assertThatThrownBy(() -> Credentials.load(folder.resolve("none.wire")))
                .hasMessageContaining("none.wire")
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                    assertThat(e.hint()).contains("wire init");
                });
        Path cut = folder.resolve("cut.wire");
        authority.issue("cut").save(cut);
        Files.writeString(cut, Files.readString(cut).substring(0, 600));
        assertThatThrownBy(() -> Credentials.load(cut))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }

    @Test
    void refuseWhatTlsWouldNotTakeOrNobodyKnows() throws Exception {
        Credentials credentials = authority.issue("rack1");
        PrivateKey other =
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
        String certificate = PemText.write(credentials.certificate());
        for (String item : new String[] {PemText.write(other), certificate.replace("CERTIFICATE", "EC PARAMETERS")}) {
            assertThatThrownBy(() -> Credentials.parse("rack1.wire", item + certificate))
                    .hasMessageContaining("rack1.wire")
                    .isInstanceOfSatisfying(
                            WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
        }
    }

    /** Found by {@link CredentialsFuzzTest}: Bouncy Castle answers this one with an IllegalStateException. */
    @Test
    void aRequestWithSpoiledAttributesIsRefused() {
        String spoiled = """
                -----BEGIN CERTIFICATE REQUEST-----
                MIHaMIGAAgEAMB4xDTALBgNVBAoMBGFjbWUxDTALBgNVBAMMBGVhc3QwWTATBgcqhkjOPQIBBggq
                hkjOPQMBBwNCAARFZuEKURVKK9A86dNkgCWRWcosekx7qlwAEiAo2QAMfwGVuZyZ47YPqNhu68XV
                QW2354kcBonaggn5MSEYj3PpgAAwCgYIKoZIzj0EAwIDSQAwRgIhAPO7PVopaM+7bJMdSggoF2of
                5jYLb9Q0U7J/6EDJiY+JAiEAhR/+zfpJBCYDsU3LJloIlrCYc9dZx89C0gDge6Cpd34=
                -----END CERTIFICATE REQUEST-----
                """;
        assertThatThrownBy(() -> CertificateRequest.parse(spoiled))
                .hasMessageContaining("malformed request")
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST));
    }

    /** SSH's library puts Bouncy Castle there, whose keys of the same kind are called otherwise, and then TLS shows no certificate. */
    @Test
    void haveKeysThatTlsTakesWhateverProvidersThereAre() {
        authority.issue("rack1").save(folder.resolve("rack1.wire"));
        Provider castle = new BouncyCastleProvider();
        boolean added = Security.addProvider(castle) >= 0;
        try {
            Credentials loaded = Credentials.load(folder.resolve("rack1.wire"));
            assertThat(loaded.key().getAlgorithm())
                    .isEqualTo(loaded.certificate().getPublicKey().getAlgorithm());
        } finally {
            if (added) {
                Security.removeProvider(castle.getName());
            }
        }
    }

    @Test
    void keepAllTrustedAuthorities() {
        TenantAuthority friend = TenantAuthority.create("friend", InstantSource.system());
        Credentials both = authority.issue("rack1").trusting(friend.certificate());
        both.save(folder.resolve("rack1.wire"));
        assertThat(Credentials.load(folder.resolve("rack1.wire")).authorities())
                .containsExactly(authority.certificate(), friend.certificate());
        assertThatThrownBy(() -> both.trusting(friend.issue("x").certificate())).isInstanceOf(WireException.class);
    }

    @Test
    void doNotPrintTheKey() {
        assertThat(authority.issue("rack1")).hasToString("Credentials[acme/rack1]");
    }

    @Test
    void homeKeepsAuthorityAndCredentials() {
        WireHome home = WireHome.of(Map.of("WIRE_HOME", folder.resolve("home").toString()));
        TenantAuthority made = home.createAuthority("acme", InstantSource.system());
        home.save(made.issue("rack2"));
        home.save(made.issue("rack1"));
        assertThat(home.names()).containsExactly("rack1", "rack2");
        assertThat(home.credentials("rack1").identity()).isEqualTo(new Identity("acme", "rack1"));
        assertThat(home.authority(InstantSource.system()).certificate()).isEqualTo(made.certificate());
        assertThatThrownBy(() -> home.createAuthority("acme", InstantSource.system()))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS));
    }

    @Test
    void certificatesHoldForTheAskedTimeAndHaveSerialsOfTheirOwn() {
        Instant now = Instant.parse("2026-11-21T10:00:00Z");
        TenantAuthority then = TenantAuthority.create("acme", InstantSource.fixed(now));
        Credentials first = then.issue("rack1", Duration.ofDays(7));
        Credentials second = then.issue("rack1", Duration.ofDays(7));
        assertThat(first.certificate().getNotAfter()).isEqualTo(now.plus(Duration.ofDays(7)));
        assertThat(first.certificate().getNotBefore()).isEqualTo(now.minus(Lifetime.BACKDATING));
        assertThat(first.certificate().getSerialNumber())
                .isNotEqualTo(second.certificate().getSerialNumber());
    }
}
