package io.virtualwire.log;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a voter remembers beside its log: by which name its disk goes, whether that disk has ever been part of a vote, how far its log
 * went, and which disk each other voter had.
 *
 * <pre>
 *   NEW ──every other voter has met this disk first──▶ VOTER
 *    │
 *    └──another disk voted in its place, or it is to join──▶ JOINING ──the others go on without──▶ ENTERING
 *                                                                                    taken in ──▶ VOTER
 * </pre>
 *
 * What a voter promises while it is ENTERING is on this disk, so that it goes on there; whoever began anew then might be the one whose
 * vote the others need to do without it.
 *
 * A voter that lost its log must not vote as if it never had: what it promised and acknowledged is forgotten, and with it an
 * agreed command could be.
 */
final class VoterDisk {
    private static final String FILE = "voter.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** How far this disk has come. */
    enum Standing {
        NEW,
        JOINING,
        ENTERING,
        VOTER
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Content(String disk, Standing standing, boolean begun, long reached, Map<String, String> others) {
        Content as(Standing next) {
            boolean goesOn = next == Standing.VOTER;
            return new Content(disk, next, begun && goesOn, goesOn ? reached : 0, others);
        }
    }

    private final Path folder;
    private Content content;

    private VoterDisk(Path folder, Content content) {
        this.folder = folder;
        this.content = content;
    }

    /** Reads what is there, and refuses a folder of which a part is missing. */
    static VoterDisk open(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            Files.createDirectories(folder);
            boolean hasLog = hasLog(folder);
            if (!Files.exists(file)) {
                // A log without this file is of a release that wrote none.
                Standing standing = hasLog ? Standing.VOTER : Standing.NEW;
                VoterDisk disk =
                        new VoterDisk(folder, new Content(UUID.randomUUID().toString(), standing, false, 0, Map.of()));
                disk.keep(disk.content);
                return disk;
            }
            VoterDisk disk = new VoterDisk(folder, JSON.readValue(Files.readAllBytes(file), Content.class));
            if (disk.standing() == Standing.VOTER && !hasLog) {
                throw damaged(folder, "there is no log in it, though it has voted");
            }
            if (disk.standing() == Standing.ENTERING && !hasLog) {
                disk.become(Standing.JOINING);
            }
            if (disk.content.begun() && !hasEntries(folder)) {
                throw damaged(folder, "its entries and snapshots are missing");
            }
            disk.requireReached();
            return disk;
        } catch (NoSuchFileException e) {
            throw damaged(folder, e);
        } catch (FileSystemException e) {
            // It may be as it was; whoever moved it away for that would lose what is in it.
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot open the log in " + folder + ": " + IoReason.of(e),
                    "make the folder writable for this user, see that its disk has room, or choose another with --state",
                    e);
        } catch (IOException e) {
            throw damaged(folder, e);
        }
    }

    private static final String WHAT_TO_DO =
            "Nothing was changed. If the other nodes run, move the whole folder away and start this node again: it is taken in"
                    + " anew and gets everything from them. Else restore the folder from a copy.";

    /** Why a folder cannot be trusted, and what to do about it. */
    static WireException damaged(Path folder, String why) {
        return new WireException(ErrorCode.CORRUPT, "cannot open the log in " + folder + ": " + why, WHAT_TO_DO);
    }

    static WireException damaged(Path folder, Throwable cause) {
        return new WireException(
                ErrorCode.CORRUPT,
                "cannot open the log in " + folder + ": it is damaged (" + cause.getMessage() + ")",
                WHAT_TO_DO,
                cause);
    }

    /** Ratis takes the end of a file for the end of the log: it cannot know that there was more. */
    private void requireReached() throws IOException {
        if (content.reached() == 0) {
            return;
        }
        long last = LogExtent.of(folder);
        if (last < content.reached()) {
            throw damaged(folder, "it ends with entry " + last + ", though entry " + content.reached() + " was there");
        }
    }

    private static boolean hasLog(Path folder) throws IOException {
        try (Stream<Path> groups = Files.list(folder)) {
            return groups.anyMatch(
                    group -> Files.exists(group.resolve("current").resolve("raft-meta")));
        }
    }

    private static boolean hasEntries(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder, 3)) {
            return tree.map(path -> path.getFileName().toString())
                    .anyMatch(name -> name.startsWith("log_") || name.startsWith("snapshot."));
        }
    }

    /** From now on there are entries, and a folder without any has lost them. */
    synchronized void begin() {
        if (!content.begun()) {
            keep(new Content(content.disk(), content.standing(), true, content.reached(), content.others()));
        }
    }

    /** An entry that has been on disk for a while. */
    synchronized void reached(long index) {
        if (index > content.reached() && content.standing() == Standing.VOTER) {
            keep(new Content(content.disk(), content.standing(), content.begun(), index, content.others()));
        }
    }

    synchronized String id() {
        return content.disk();
    }

    synchronized Standing standing() {
        return content.standing();
    }

    synchronized void become(Standing standing) {
        keep(content.as(standing));
    }

    /** Which disk that voter had when it was first met, or was taken in last; it is this one from now on if none is known. */
    synchronized String meet(String voter, String disk, boolean takenIn) {
        String known = content.others().get(voter);
        if (known == null || takenIn && !known.equals(disk)) {
            Map<String, String> others = new TreeMap<>(content.others());
            others.put(voter, disk);
            keep(new Content(content.disk(), content.standing(), content.begun(), content.reached(), others));
            return disk;
        }
        return known;
    }

    /** Removes what an attempt to be taken in has left. */
    synchronized void clear() throws IOException {
        List<Path> old;
        try (Stream<Path> tree = Files.walk(folder)) {
            old = tree.filter(path -> !path.equals(folder) && !path.equals(folder.resolve(FILE)))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path path : old) {
            Files.delete(path);
        }
    }

    /** What cannot be written does not count here, either. */
    private void keep(Content next) {
        Path draft = folder.resolve("." + FILE);
        try {
            try (FileChannel channel = FileChannel.open(
                    draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(next));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(draft, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot write " + folder.resolve(FILE) + ": " + e.getMessage(),
                    "See that the folder is writable and its disk not full.",
                    e);
        }
        content = next;
    }
}
