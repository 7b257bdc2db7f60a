package io.virtualwire.cloud.spi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a host is told at its first boot, by cloud-init: who may log in with which key, unless its cloud sees to that, and which packages to
 * install.
 *
 * <p>Whoever gets to read it, and on many clouds every process of the host does, learns a public key, an address and a digest.
 * What is secret goes to the host later, over SSH.
 *
 * @param login an account that is made, has no password, and may become root; empty: those of the image stay as they are
 * @param keys public keys as OpenSSH writes them, one of which has to be proved to log in; none without an account
 * @param source where VirtualWire's package is fetched from; null if it is brought over SSH
 * @param packages Debian packages to install besides; needs an archive that the host reaches
 */
public record UserData(
        String login, List<String> keys, @Nullable PackageSource source, List<String> packages) {
    private static final Pattern LOGIN = Pattern.compile("[a-z][a-z0-9-]{0,30}");
    private static final Pattern KEY =
            Pattern.compile("(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( [\\x21-\\x7e]*)?");
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]+");
    private static final String FIRST_BOOT = "/var/lib/cloud/virtualwire-first-boot";
    /* Every text in quotes: what YAML takes for a number or a yes is a matter of its version. */
    private static final ObjectWriter WRITER = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .build()
            .writer();

    public UserData {
        if (!login.isEmpty() || !keys.isEmpty()) {
            require(
                    LOGIN.matcher(login).matches() && !login.equals("root"),
                    login,
                    "an account to log in",
                    "use a-z 0-9 -, not root");
            require(!keys.isEmpty(), "", "a public key", "give one: nobody could log in");
        }
        for (String key : keys) {
            require(KEY.matcher(key).matches(), key, "a public key", "use a line as in ~/.ssh/id_ed25519.pub");
        }
        for (String each : packages) {
            require(PACKAGE.matcher(each).matches(), each, "a Debian package", "use its name alone");
        }
        keys = List.copyOf(keys);
        packages = List.copyOf(packages);
    }

    /** Lets one key log in, and installs nothing: the package is brought over SSH. */
    public static UserData of(String login, String key) {
        return new UserData(login, List.of(key), null, List.of());
    }

    /** Installs these packages of the host's own distribution, and leaves who logs in to its cloud. */
    public static UserData installing(List<String> packages) {
        return new UserData("", List.of(), null, packages);
    }

    /** The same with the package from there. */
    public UserData withPackage(PackageSource from) {
        return new UserData(login, keys, from, packages);
    }

    /** The same with these packages of the host's own distribution. */
    public UserData withPackages(List<String> names) {
        return new UserData(login, keys, source, names);
    }

    /** The text for cloud-init. */
    public String render() {
        Map<String, Object> config = new LinkedHashMap<>();
        if (!login.isEmpty()) {
            config.put("users", List.of(user()));
            config.put("disable_root", true);
            config.put("ssh_pwauth", false);
        }
        if (!packages.isEmpty()) {
            config.put("package_update", true);
            config.put("packages", packages);
        }
        if (source != null) {
            config.put("write_files", List.of(file(FIRST_BOOT, "0700", firstBoot())));
            config.put("runcmd", List.of(List.of(FIRST_BOOT, source.uri().toASCIIString(), source.sha256())));
        }
        try {
            return "#cloud-config\n" + WRITER.writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("user data cannot be written as YAML", e);
        }
    }

    private Map<String, Object> user() {
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("name", login);
        user.put("gecos", "VirtualWire");
        user.put("lock_passwd", true);
        user.put("shell", "/bin/bash");
        user.put("sudo", "ALL=(ALL) NOPASSWD:ALL");
        user.put("ssh_authorized_keys", keys);
        return user;
    }

    private static Map<String, Object> file(String path, String mode, String content) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("path", path);
        file.put("permissions", mode);
        file.put("content", content);
        return file;
    }

    private static String firstBoot() {
        try (InputStream script = UserData.class.getResourceAsStream("first-boot.sh")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void require(boolean right, String given, String what, String hint) {
        if (!right) {
            throw new WireException(ErrorCode.BAD_REQUEST, "user data cannot have '" + given + "' as " + what, hint);
        }
    }
}
