package io.virtualwire.node;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.client.ApiJson;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.MemberRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The members as this node knew them last, beside its log: whom it calls when it starts, before it can read what is agreed. */
final class MemberBook {
    private static final String FILE = "members.json";
    private static final JsonMapper JSON = ApiJson.lenient();

    private final Path folder;

    MemberBook(Path folder) {
        this.folder = folder;
    }

    /** Empty if it never knew any. */
    List<MemberRecord> read() {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return JSON.readValue(Files.readAllBytes(file), new TypeReference<List<MemberRecord>>() {});
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read who the members are in " + file + ": " + IoReason.of(e),
                    "move the file away: the node then goes by its peers",
                    e);
        }
    }

    void write(List<MemberRecord> members) {
        Path draft = folder.resolve("." + FILE);
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                    draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(members));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(draft, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot write who the members are to " + folder.resolve(FILE) + ": " + IoReason.of(e),
                    "see that the folder is writable and its disk not full",
                    e);
        }
    }
}
