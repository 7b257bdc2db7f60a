package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.ec2.standin.NamespaceMachines;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudAdapterContractTest;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.testkit.netns.NetnsTest;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;

/** The contract, with instances of the stand-in that are reached over SSH. */
@NetnsTest
final class Ec2CloudAdapterTest extends CloudAdapterContractTest {
    private final String prefix = "ve" + Long.toString(System.nanoTime() % 2_176_782_336L, 36);
    /* Of the networks for benchmarks: each test has one of its own, because this machine has a way to each. */
    private final String publicPrefix = "198." + ThreadLocalRandom.current().nextInt(18, 20) + "."
            + ThreadLocalRandom.current().nextInt(256) + ".";

    @TempDir
    Path folder;

    /* Not @AfterEach: the contract removes its hosts in one of its own, which comes later. */
    @AutoClose
    private @Nullable Lab lab;

    @Override
    protected CloudAdapter emptyCloud() {
        lab = new Lab(
                new NamespaceMachines(prefix, publicPrefix, folder.resolve("machines")),
                publicPrefix,
                folder.resolve("cloud"));
        return lab.adapter();
    }

    @Override
    protected CloudAdapter sameCloud() {
        return lab.adapter();
    }

    /* Hosts that let nobody in but by SSH do not answer one another. */
    @Override
    protected CloudHost obtain(CloudAdapter of, String name) {
        CloudHost host = of.launch(HostOrder.of(name));
        lab.letPingsIn(name);
        return host;
    }
}
