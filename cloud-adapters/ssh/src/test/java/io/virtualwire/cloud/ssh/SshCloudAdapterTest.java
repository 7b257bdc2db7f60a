package io.virtualwire.cloud.ssh;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudAdapterContractTest;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.testkit.netns.NetnsTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NetnsTest
final class SshCloudAdapterTest extends CloudAdapterContractTest {
    @TempDir
    Path folder;

    private @Nullable SshLab lab;

    @AfterEach
    void closeMachines() {
        try (CloudAdapter cloud = sameCloud()) {
            // Before they are away: whoever asks for hosts asks each whether it answers.
            List.of("one", "two", "three").forEach(cloud::remove);
        }
        lab().close();
    }

    private SshLab lab() {
        if (lab == null) {
            lab = new SshLab(folder.resolve("lab"));
        }
        return lab;
    }

    @Override
    protected CloudAdapter emptyCloud() {
        return sameCloud();
    }

    @Override
    protected CloudAdapter sameCloud() {
        return new SshCloud()
                .open(
                        "lab",
                        Map.of("host-keys", "accept-new", "key", lab().key().toString()),
                        folder.resolve("cloud"));
    }

    @Override
    protected CloudHost obtain(CloudAdapter of, String name) {
        return of.adopt(name, lab().machine(name).toString());
    }

    @Test
    void itLaunchesNothingAndSaysWhatToDo() {
        try (CloudAdapter cloud = sameCloud()) {
            assertThatThrownBy(() -> cloud.launch(HostOrder.of("one"))).hasMessageContaining("no machines are made");
            refused(ErrorCode.BAD_REQUEST, () -> cloud.launch(HostOrder.of("one")));
            obtain(cloud, "one");
            refused(ErrorCode.ALREADY_EXISTS, () -> cloud.adopt("one", "root@elsewhere"));
            refused(ErrorCode.BAD_REQUEST, () -> cloud.adopt("two", "root@-oProxyCommand=x"));
        }
        refused(ErrorCode.BAD_REQUEST, () -> new SshCloud().open("lab", Map.of("host-keys", "whatever"), folder));
    }
}
