package io.virtualwire.cloud.local;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostLayout;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.LocalCommand;
import io.virtualwire.cloud.spi.ProcessServices;
import io.virtualwire.cloud.spi.Services;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Commands in a namespace; its files are this machine's. */
final class NamespaceShell implements HostShell {
    private final String namespace;
    private final BooleanSupplier exists;
    private final Path folder;

    /** @param folder where what belongs to this host is kept */
    NamespaceShell(String namespace, BooleanSupplier exists, Path folder) {
        this.namespace = namespace;
        this.exists = exists;
        this.folder = folder;
    }

    @Override
    public CommandResult run(Duration limit, List<String> command, byte[] input) {
        if (!exists.getAsBoolean()) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "cannot run " + command.getFirst() + ": there is no host " + namespace + " any more",
                    "launch it again");
        }
        // Not `ip netns exec`, which hides what is mounted later: a daemon in there must see namespaces that come.
        List<String> line = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace, "--"));
        line.addAll(command);
        return new LocalCommand(line).run(limit, input);
    }

    @Override
    public void put(String path, int mode, byte[] content) {
        write(Path.of(path), mode, new ByteArrayInputStream(content));
    }

    @Override
    public void put(String path, int mode, Path content) {
        try (InputStream from = Files.newInputStream(content)) {
            write(Path.of(path), mode, from);
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private static void write(Path to, int mode, InputStream content) {
        try {
            Path parent = to.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            // Readable by nobody else until it has its mode.
            Path draft = Files.createTempFile(parent, ".put", "");
            try (OutputStream out = Files.newOutputStream(draft)) {
                content.transferTo(out);
                Files.setPosixFilePermissions(draft, permissions(mode));
                Files.move(draft, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw unwritable(to.toString(), e);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        StringBuilder text = new StringBuilder("rwxrwxrwx");
        for (int bit = 0; bit < text.length(); bit++) {
            if ((mode & (0400 >> bit)) == 0) {
                text.setCharAt(bit, '-');
            }
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    @Override
    public HostLayout layout() {
        return new HostLayout(
                true, folder.resolve("etc").toString(), folder.resolve("state").toString());
    }

    @Override
    public Services services() {
        return new ProcessServices(this, folder.resolve("run").toString());
    }

    @Override
    public void close() {
        // Nothing is held open.
    }

    private static WireException unwritable(String path, IOException cause) {
        return new WireException(
                ErrorCode.SYSTEM,
                "cannot write " + path + ": " + IoReason.of(cause),
                "see whether the disk is full and whether you may write there",
                cause);
    }
}
