package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.ssh.LoginKey;
import io.virtualwire.cloud.ssh.SshAccess;
import io.virtualwire.cloud.ssh.SshShell;
import io.virtualwire.cloud.ssh.SshTarget;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The ways into hosts, by SSH. Whom to believe the domain's tag tells, in which the host's public key is: who may write there may do all with
 * the host anyway. Nobody else is asked, and nothing is believed because it was seen first.
 */
final class Doors {
    private final LoginKey login;
    private final String user;
    private final Path folder;

    /** @param folder where keys of hosts are written down for those who read them */
    Doors(LoginKey login, String user, Path folder) {
        this.login = login;
        this.user = user;
        this.folder = folder.resolve("known-hosts");
    }

    HostShell open(CloudHost host, String hostKey) {
        String address = host.address().getHostAddress();
        Path known = folder.resolve(host.id());
        try {
            Files.createDirectories(folder);
            Files.writeString(known, address + " " + hostKey + "\n");
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot keep host keys in " + folder + ": " + IoReason.of(e),
                    "mend its rights",
                    e);
        }
        return SshShell.connect(
                new SshTarget(user, address, SshTarget.DEFAULT_PORT),
                new SshAccess(
                        List.of(login.file()), SshAccess.ofPerson(known, false).agent(), known, List.of(), false));
    }

    /** Forgets a host that is no more. */
    void forget(String id) {
        try {
            Files.deleteIfExists(folder.resolve(id));
        } catch (IOException e) {
            // A line too many does no harm.
        }
    }
}
