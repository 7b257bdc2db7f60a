package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.HostAddress;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import io.virtualwire.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a cloud that filters, only the other hosts can tell whether a host's ports are open. */
final class PortStepTest {
    private static final int DATA = 7471;

    @TempDir
    Path folder;

    private final RememberedCloud cloud = new RememberedCloud();
    private final List<List<String>> tried = new ArrayList<>();
    private HostRecords records;
    private PortStep step;

    @BeforeEach
    void begin() {
        WireHome home = new WireHome(folder);
        records = new HostRecords(home);
        CloudBook clouds = new CloudBook(home, new CloudTypes(List.of(cloud)));
        clouds.add("c", new CloudEntry("remembered", Map.of()));
        step = new PortStep(
                "acme",
                new Admissions(records, clouds),
                PortStepTest::health,
                new Neighbours(records, clouds),
                new Patiently(Ticker.system(), Duration.ZERO));
    }

    @Test
    void theFirstHostHasNobodyToTryItFrom() {
        assertThat(step.take(site("one", Step.MTU_MEASURED))).endsWith("port 7471: no other host to try it from");
        assertThat(tried).isEmpty();
    }

    @Test
    void aHostIsReachedFromAnotherAtItsInnerAddress() {
        site("two", Step.READY);
        cloud.shell("two", knocking(0));
        Site one = site("one", Step.MTU_MEASURED);
        assertThat(step.take(one)).endsWith("port 7471 from two");
        assertThat(tried)
                .singleElement()
                .satisfies(command -> assertThat(command)
                        .contains(String.valueOf(one.host().inside()).replace("/", ""), "7471"));
    }

    @Test
    void oneThatGetsThroughIsEnough() {
        site("three", Step.READY);
        site("two", Step.READY);
        cloud.shell("two", knocking(0));
        assertThat(step.take(site("one", Step.MTU_MEASURED))).endsWith("port 7471 from two, not from three");
    }

    @Test
    void aPortThatNobodyReachesIsNamedWithThoseWhoTried() {
        site("two", Step.READY);
        cloud.shell("two", knocking(1));
        Site one = site("one", Step.MTU_MEASURED);
        assertThatThrownBy(() -> step.take(one))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("TCP port 7471 of one does not answer from two");
    }

    @Test
    void anOpenHypervisorIsTriedByThoseWhoAreLetInThere() {
        site("plain", Step.READY, false);
        cloud.shell("plain", knocking(0));
        site("two", Step.READY);
        cloud.shell("two", knocking(0));
        assertThat(step.take(withHypervisor(site("one", Step.MTU_MEASURED))))
                .endsWith("port 7471 from plain, two; libvirt at port 16514 from two");
        cloud.shell("two", knocking(1));
        Site shut = withHypervisor(site("one", Step.MTU_MEASURED));
        assertThatThrownBy(() -> step.take(shut))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.hint()).contains("TCP port 16514", "--no-vms"))
                .hasMessageContaining("TCP port 16514 of one does not answer from two");
    }

    private static Site withHypervisor(Site site) {
        site.note(site.record()
                .with(site.record()
                        .facts()
                        .withLibvirt(new HostRecord.Libvirt(List.of("192.0.2.1"), Instant.EPOCH, true))));
        return site;
    }

    private Site site(String name, Step reached) {
        return site(name, reached, true);
    }

    private Site site(String name, Step reached, boolean vms) {
        HostRecord record = HostRecord.begun(name, "c", new HostRecord.Wanted(null, null, false, vms))
                .at(reached);
        records.write(record);
        Site site = new Site(cloud, records, record);
        site.found(cloud.launch(HostOrder.of(name)));
        return site;
    }

    private static ConnectorHealth health(HostAddress address, Identity expected) {
        return new ConnectorHealth(
                "ok", expected, "i", "1", DATA, List.of(), List.of(), 0, 0, 0, false, List.of(), true, List.of());
    }

    /** Where every command ends with this status. */
    private CommandShell knocking(int status) {
        return new CommandShell(command -> {
            tried.add(command);
            return new CommandResult(status, "");
        });
    }
}
