package io.virtualwire.cloud.local;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudAdapterContractTest;
import io.virtualwire.testkit.netns.NetnsTest;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.io.TempDir;

@NetnsTest
final class LocalCloudAdapterTest extends CloudAdapterContractTest {
    private final String name = "vwc" + Long.toString(System.nanoTime() % 60_466_176, 36);
    /* Of the networks for benchmarks: each test has one of its own, because this machine has a way to each. */
    private final String network = "198." + ThreadLocalRandom.current().nextInt(18, 20) + "."
            + ThreadLocalRandom.current().nextInt(256) + ".0";

    @TempDir
    Path folder;

    @Override
    protected CloudAdapter emptyCloud() {
        return sameCloud();
    }

    @Override
    protected CloudAdapter sameCloud() {
        return new LocalCloud().open(name, Map.of("network", network), folder);
    }
}
