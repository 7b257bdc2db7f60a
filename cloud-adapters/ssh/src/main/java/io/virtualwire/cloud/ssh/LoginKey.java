package io.virtualwire.cloud.ssh;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The key by which the person logs in to the hosts of a cloud that gives them its public part: in two files, FILE and FILE.pub. */
public final class LoginKey {
    private final Path file;
    private final boolean ours;
    private final String comment;

    private LoginKey(Path file, boolean ours, String comment) {
        this.file = file;
        this.ours = ours;
        this.comment = comment;
    }

    /**
     * The one that the person named, or one that is made for the cloud when it is needed first.
     *
     * @param folder of the cloud
     */
    public static LoginKey of(String cloud, Optional<Path> named, Path folder) {
        return new LoginKey(named.orElse(folder.resolve("login")), named.isEmpty(), "virtualwire-" + cloud);
    }

    /** The private key. */
    public Path file() {
        return file;
    }

    /** The public one, as in {@code authorized_keys}. */
    public String publicLine() {
        Path beside = file.resolveSibling(file.getFileName() + ".pub");
        try {
            if (ours && !Files.exists(file)) {
                make(beside);
            }
            return Files.readString(beside, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read the public key " + beside + ": " + IoReason.of(e),
                    ours
                            ? "remove " + file + ", and another pair is made"
                            : "make it with 'ssh-keygen -y -f " + file + "'",
                    e);
        }
    }

    private void make(Path beside) throws IOException {
        SshKeyPair pair = SshKeyPair.generate(comment);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        // The public part first: where the private one is, both are.
        Files.writeString(beside, pair.publicLine() + "\n", StandardCharsets.US_ASCII);
        new SecretFile(file).write(pair.privateText());
    }
}
