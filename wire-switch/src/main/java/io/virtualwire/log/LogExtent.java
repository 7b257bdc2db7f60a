package io.virtualwire.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/** How far the entries and snapshots in a log's folder go. */
final class LogExtent {
    private static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.\\d+_(\\d+)");
    private static final SizeInBytes LARGEST_ENTRY = SizeInBytes.valueOf("64MB");

    private long last = -1;

    private LogExtent() {}

    /** The highest index that is there; -1 if none is. */
    static long of(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(folder, 3)) {
            files = tree.toList();
        }
        LogExtent extent = new LogExtent();
        for (Path file : files) {
            extent.add(file);
        }
        return extent.last;
    }

    private void add(Path file) throws IOException {
        Matcher snapshot = SNAPSHOT.matcher(file.getFileName().toString());
        if (snapshot.matches()) {
            last = Math.max(last, Long.parseLong(snapshot.group(1)));
        }
        // Ratis would delete an empty one on sight.
        LogSegmentPath segment = Files.size(file) == 0 ? null : LogSegmentPath.matchLogSegment(file);
        if (segment != null) {
            LogSegment.readSegmentFile(
                    file.toFile(),
                    segment.getStartEnd(),
                    LARGEST_ENTRY,
                    CorruptionPolicy.EXCEPTION,
                    null,
                    entry -> last = Math.max(last, entry.getIndex()));
        }
    }
}
