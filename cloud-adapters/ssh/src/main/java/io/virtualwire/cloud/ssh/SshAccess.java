package io.virtualwire.cloud.ssh;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * By what a machine knows us, and we it.
 *
 * @param identities private keys; those that need a passphrase are left to the agent
 * @param agent the socket of an SSH agent
 * @param knownHosts the file in which keys of hosts are noted by us
 * @param alsoKnown further files of the same form, which are read only
 * @param acceptNew whether the key of a host that none of them knows is noted and believed; one that has changed never is
 */
public record SshAccess(
        List<Path> identities, Optional<Path> agent, Path knownHosts, List<Path> alsoKnown, boolean acceptNew) {
    private static final List<String> NAMES = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    public SshAccess {
        identities = List.copyOf(identities);
        alsoKnown = List.copyOf(alsoKnown);
    }

    /** What the person who runs this has, as OpenSSH finds it. */
    public static SshAccess ofPerson(Path knownHosts, boolean acceptNew) {
        Path folder = Path.of(System.getProperty("user.home"), ".ssh");
        return new SshAccess(
                NAMES.stream().map(folder::resolve).toList(),
                Optional.ofNullable(System.getenv("SSH_AUTH_SOCK"))
                        .filter(path -> !path.isBlank())
                        .map(Path::of),
                knownHosts,
                List.of(folder.resolve("known_hosts"), Path.of("/etc/ssh/ssh_known_hosts")),
                acceptNew);
    }

    /** With this key, and no other. */
    public SshAccess only(Path identity) {
        return new SshAccess(List.of(identity), Optional.empty(), knownHosts, alsoKnown, acceptNew);
    }
}
