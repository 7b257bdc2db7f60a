package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudAdapterContractTest;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.vm.CloudImage;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract, with a real libvirt and real guests that boot; with {@code -Dwire.long=true}, because each of them takes seconds. */
@NetnsTest
@EnabledIfSystemProperty(
        named = "wire.long",
        matches = "true",
        disabledReason = "a minute of guests that boot: run 'make test-long'")
final class LibvirtCloudContractNetnsIT extends CloudAdapterContractTest {
    private static HypervisorLab lab;

    @BeforeAll
    static void open() {
        lab = new HypervisorLab();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @Override
    protected CloudAdapter emptyCloud() {
        return sameCloud();
    }

    @Override
    protected CloudAdapter sameCloud() {
        return new LibvirtCloud()
                .open(
                        HypervisorLab.CLOUD,
                        lab.settings(CloudImage.disk()),
                        lab.folder().resolve("cloud"));
    }

    /* A host runs when its processor does; that it lets somebody in comes later. */
    @Override
    protected CloudHost obtain(CloudAdapter of, String name) {
        CloudHost host = of.launch(HostOrder.of(name));
        awaitDoor(of, host);
        return host;
    }

    static void awaitDoor(CloudAdapter cloud, CloudHost host) {
        // Of an attempt that was given up the SSH library may still hear something, in a thread of its own, to which it
        // then objects.
        Awaitility.await(host.name() + " lets us in")
                .dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    try {
                        cloud.shell(host).close();
                        return true;
                    } catch (WireException e) {
                        if (e.code() != ErrorCode.UNAVAILABLE) {
                            throw e;
                        }
                        return false;
                    }
                });
    }
}
