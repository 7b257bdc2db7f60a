package io.virtualwire.cloud.spi;

import io.virtualwire.frame.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The fake is what the real one is. */
final class FakeHypervisorsTest extends HypervisorContractTest {
    private final FakeHypervisors hypervisors = new FakeHypervisors((stage, end) -> end.run());

    @Override
    protected Hypervisor source() {
        return hypervisors.at("fake:east");
    }

    @Override
    protected Hypervisor target() {
        return hypervisors.at("fake:west");
    }

    @Override
    protected String targetUri() {
        return "fake:west";
    }

    @Override
    protected String nowhere() {
        return "fake:nowhere";
    }

    @Override
    protected MachineSpec web(String name) {
        return new MachineSpec(
                name,
                Optional.empty(),
                32,
                1,
                true,
                new MachineSpec.Boot.Disk(Path.of("none"), "raw", true),
                List.of(new MachineSpec.NicSpec(MacAddress.parse("52:54:00:00:00:21"), "vm0", 1500)),
                Optional.empty());
    }

    @Override
    protected void awaitBusy() {
        // A fake's machine is as soon as it was started.
    }
}
