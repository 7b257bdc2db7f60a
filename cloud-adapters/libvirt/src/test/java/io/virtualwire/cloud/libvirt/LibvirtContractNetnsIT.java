package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.HypervisorContractTest;
import io.virtualwire.cloud.spi.MachineSpec;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.vm.LibvirtHost;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two libvirt daemons keep the contract that the fake keeps. */
@NetnsTest
final class LibvirtContractNetnsIT extends HypervisorContractTest {
    private final Namespaces lab = Namespaces.open();
    private LibvirtHost east;
    private LibvirtHost west;
    private LibvirtHypervisor source;
    private LibvirtHypervisor target;
    private Path image;

    @BeforeEach
    void start() throws Exception {
        Namespace here = lab.namespace("east");
        Namespace there = lab.namespace("west");
        lab.veth(here, "up0", "192.0.2.1/24", there, "up0", "192.0.2.2/24");
        image = LibvirtNetnsIT.guest(lab.scratch().resolve("guest.img"));
        east = LibvirtHost.start(here, lab.scratch().resolve("e"), "192.0.2.1");
        west = LibvirtHost.start(there, lab.scratch().resolve("w"), "192.0.2.2");
        for (Namespace each : List.of(here, there)) {
            each.ip("tuntap add dev vm0 mode tap vnet_hdr");
            each.ip("link set vm0 up");
        }
        source = LibvirtHypervisor.connect(east.awaitReady().uri());
        target = LibvirtHypervisor.connect(west.awaitReady().uri());
    }

    @AfterEach
    void end() {
        source.close();
        target.close();
        east.close();
        west.close();
        lab.close();
    }

    @Override
    protected Hypervisor source() {
        return source;
    }

    @Override
    protected Hypervisor target() {
        return target;
    }

    @Override
    protected String targetUri() {
        return west.tcpUri();
    }

    @Override
    protected String nowhere() {
        return "qemu+tcp://192.0.2.7/system";
    }

    @Override
    protected MachineSpec web(String name) {
        return LibvirtNetnsIT.spec(name, image);
    }

    @Override
    protected void awaitBusy() {
        LibvirtNetnsIT.awaitBusy(image);
    }
}
