package io.virtualwire.log;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.retry.RetryPolicy;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Ratis' many settings, brought down to a log of small commands among a handful of nodes. */
final class RaftTuning {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(100);
    private static final Duration REQUEST_TIMEOUT = Duration.ofMillis(1500);

    private final LogSettings settings;

    RaftTuning(LogSettings settings) {
        this.settings = settings;
    }

    RaftProperties server(Path folder, String address) {
        RaftProperties properties = new RaftProperties();
        int colon = address.lastIndexOf(':');
        GrpcConfigKeys.Server.setHost(properties, address.substring(0, colon));
        GrpcConfigKeys.Server.setPort(properties, Integer.parseInt(address.substring(colon + 1)));
        RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
        timing(properties);
        disk(properties);
        reads(properties);
        threads(properties);
        return properties;
    }

    RaftProperties client() {
        RaftProperties properties = new RaftProperties();
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, time(REQUEST_TIMEOUT));
        return properties;
    }

    RetryPolicy retries() {
        int attempts = Math.toIntExact(settings.patience().dividedBy(RETRY_PAUSE));
        return RetryPolicies.retryUpToMaximumCountWithFixedSleep(attempts, time(RETRY_PAUSE));
    }

    private void timing(RaftProperties properties) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, time(settings.electionMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, time(settings.electionMax()));
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, time(REQUEST_TIMEOUT));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, time(settings.electionMax()));
        // Whoever is taken in writes a snapshot before it answers, and its disk may be busy.
        RaftServerConfigKeys.setStagingTimeout(
                properties, time(settings.patience().multipliedBy(2)));
        // A paused virtual machine is no reason to give up for good.
        RaftServerConfigKeys.setCloseThreshold(properties, time(Duration.ofHours(1)));
    }

    private void disk(RaftProperties properties) {
        // An entry counts as written when it has been forced to disk: these two must stay off.
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        // Would write every entry twice, to know after a restart a little sooner what was committed.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(settings.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf(settings.segmentBytes() / 4));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf("2MB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgeGap(properties, settings.snapshotEvery());
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, settings.snapshotEvery());
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, settings.snapshotEvery());
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
    }

    private static void reads(RaftProperties properties) {
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setTimeout(properties, time(REQUEST_TIMEOUT));
    }

    private static void threads(RaftProperties properties) {
        RaftServerConfigKeys.ThreadPool.setServerSize(properties, 4);
        RaftServerConfigKeys.ThreadPool.setServerCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setProxySize(properties, 4);
        RaftServerConfigKeys.ThreadPool.setClientSize(properties, 4);
        GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 4);
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
