package io.virtualwire.cloud.local;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudAdapterContractTest;
import io.virtualwire.testkit.netns.NetnsTest;
import java.net.InetAddress;
import java.net.UnknownHostException;

@NetnsTest
final class LocalCloudAdapterTest extends CloudAdapterContractTest {
    private final String name = "vwc" + Long.toString(System.nanoTime() % 60_466_176, 36);

    @Override
    protected CloudAdapter emptyCloud() {
        return sameCloud();
    }

    @Override
    protected CloudAdapter sameCloud() {
        try {
            return new LocalCloudAdapter(name, InetAddress.getByName("192.0.2.0"));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
