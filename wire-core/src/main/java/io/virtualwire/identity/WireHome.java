package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder in which a user keeps authority and credentials.
 *
 * <pre>
 *   $WIRE_HOME, else ~/.config/virtualwire
 *   ├── tenant/ca.crt     who the tenant is; public
 *   ├── tenant/ca.key     what issues credentials; only where 'wire init' ran
 *   ├── tenant/audit.jsonl   who was let in, and who was put out
 *   └── NAME.wire         the credentials of one daemon or person
 * </pre>
 */
public record WireHome(Path folder) {
    private static final String SUFFIX = ".wire";

    /** Finds the folder from the environment. */
    public static WireHome of(Map<String, String> environment) {
        String explicit = environment.get("WIRE_HOME");
        if (explicit != null && !explicit.isBlank()) {
            return new WireHome(Path.of(explicit));
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return new WireHome(Path.of(home, ".config", "virtualwire"));
    }

    /** Makes this home's authority, once. */
    public TenantAuthority createAuthority(String tenant, InstantSource clock) {
        TenantAuthority authority = TenantAuthority.create(tenant, clock);
        authority.save(tenantFolder());
        return authority;
    }

    /** Reads this home's authority. */
    public TenantAuthority authority(InstantSource clock) {
        return TenantAuthority.load(tenantFolder(), clock);
    }

    /** Where the authority is kept. */
    public Path tenantFolder() {
        return folder.resolve("tenant");
    }

    /** Where the credentials of that name are kept, whether they exist or not. */
    public Path credentialsFile(String name) {
        return folder.resolve(name + SUFFIX);
    }

    /** Reads the credentials of that name. */
    public Credentials credentials(String name) {
        return Credentials.load(credentialsFile(name));
    }

    /** Writes credentials under their own name. */
    public Path save(Credentials credentials) {
        Path file = credentialsFile(credentials.identity().name());
        credentials.save(file);
        return file;
    }

    /** The names of all credentials kept here, in order. */
    public List<String> names() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX) && !name.startsWith("."))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot list the credentials in " + folder + ": " + IoReason.of(e),
                    "run as the user who owns the folder",
                    e);
        }
    }
}
