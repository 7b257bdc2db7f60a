package io.virtualwire.cloud.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.virtualwire.control.WireException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cloud-init reads out of user data. Its own schema check is asked by packaging/check-guest.sh. */
class UserDataTest {
    private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHHwXLq1 somebody@example";
    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final PackageSource SOURCE =
            new PackageSource(URI.create("https://example.org/a%20b/virtualwire_1~rc1_amd64.deb"), DIGEST);

    private static JsonNode read(UserData data) throws Exception {
        String text = data.render();
        assertThat(text).startsWith("#cloud-config\n");
        return new YAMLMapper().readTree(text);
    }

    @Test
    void letsOneKeyIn() throws Exception {
        JsonNode config = read(UserData.of("wire", KEY));
        JsonNode user = config.path("users").path(0);
        assertThat(user.path("name").asText()).isEqualTo("wire");
        assertThat(user.path("lock_passwd").asBoolean()).isTrue();
        assertThat(user.path("ssh_authorized_keys").path(0).asText()).isEqualTo(KEY);
        assertThat(config.path("users")).hasSize(1);
        assertThat(config.path("ssh_pwauth").asBoolean(true)).isFalse();
        assertThat(config.path("disable_root").asBoolean()).isTrue();
    }

    @Test
    void installsNothingUnlessTold() throws Exception {
        JsonNode config = read(UserData.of("wire", KEY));
        assertThat(config.has("runcmd")).isFalse();
        assertThat(config.has("write_files")).isFalse();
        assertThat(config.has("package_update")).isFalse();
    }

    @Test
    void fetchesThePackageAndComparesItsDigest() throws Exception {
        JsonNode config = read(UserData.of("wire", KEY).withPackage(SOURCE));
        JsonNode script = config.path("write_files").path(0);
        assertThat(script.path("content").asText()).startsWith("#!/bin/sh\n").contains("sha256sum --check");
        assertThat(script.path("permissions").isTextual()).isTrue();
        assertThat(config.path("runcmd").path(0))
                .extracting(JsonNode::asText)
                .containsExactly(script.path("path").asText(), SOURCE.uri().toString(), DIGEST);
    }

    @Test
    void installsPackagesOfTheDistribution() throws Exception {
        JsonNode config = read(UserData.of("wire", KEY).withPackages(List.of("qemu-system-x86", "libstdc++6")));
        assertThat(config.path("packages"))
                .extracting(JsonNode::asText)
                .containsExactly("qemu-system-x86", "libstdc++6");
    }

    @Test
    void leavesWhoLogsInToTheCloud() throws Exception {
        JsonNode config = read(UserData.installing(List.of("qemu-system-x86")));
        assertThat(config.fieldNames()).toIterable().containsExactly("package_update", "packages");
    }

    @Test
    void fitsIntoWhatCloudsTake() {
        assertThat(UserData.of("wire", KEY).withPackage(SOURCE).render().length())
                .isLessThan(16_384);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "root", "Wire", "wire:x", "wire\nroot", "-wire", "wire "})
    void refusesLogins(String login) {
        assertThatThrownBy(() -> UserData.of(login, KEY)).isInstanceOf(WireException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN OPENSSH PRIVATE KEY-----",
                "ssh-ed25519",
                "command=\"/bin/sh\" ssh-ed25519 AAAA",
                "ssh-ed25519 AAAA a\nssh-ed25519 BBBB b"
            })
    void refusesWhatIsNoPublicKey(String key) {
        assertThatThrownBy(() -> UserData.of("wire", key)).isInstanceOf(WireException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-y", "a b", "qemu;reboot", "QEMU"})
    void refusesPackages(String name) {
        UserData data = UserData.of("wire", KEY);
        List<String> names = List.of(name);
        assertThatThrownBy(() -> data.withPackages(names)).isInstanceOf(WireException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:///tmp/x.deb", "ftp://example.org/x.deb", "https://me:secret@example.org/x.deb", "x.deb"})
    void refusesSources(String uri) {
        URI from = URI.create(uri);
        assertThatThrownBy(() -> new PackageSource(from, DIGEST)).isInstanceOf(WireException.class);
    }

    @Test
    void refusesWhatIsNoDigest() {
        URI from = URI.create("https://example.org/x.deb");
        assertThatThrownBy(() -> new PackageSource(from, DIGEST.toUpperCase(java.util.Locale.ROOT)))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> new PackageSource(from, "md5")).isInstanceOf(WireException.class);
    }
}
