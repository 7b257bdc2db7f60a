package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.identity.WireHome;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The path to each other host is measured from the new one, with pings that may not be cut. */
final class MtuStepTest {
    private static final int IP_AND_ICMP = 28;

    @TempDir
    Path folder;

    private final RememberedCloud cloud = new RememberedCloud();
    private HostRecords records;
    private int lost;

    @BeforeEach
    void begin() {
        records = new HostRecords(new WireHome(folder));
    }

    @Test
    void theFirstHostHasItsLink() {
        Site one = site("one", Step.KVM_PROBED, 1500);
        assertThat(new MtuStep(records).take(one)).isEqualTo("9001 at its link; no other host to measure to");
        assertThat(one.record().facts().mtu()).isEqualTo(9001);
    }

    @ParameterizedTest
    @ValueSource(ints = {9001, 9000, 8999, 1501, 1500, 1499, 1454, 1420, 1281, 1280})
    void whatThePathCarriesIsFound(int carried) {
        site("two", Step.READY, 1500);
        Site one = site("one", Step.KVM_PROBED, carried);
        assertThat(new MtuStep(records).take(one)).isEqualTo(carried + " to two");
        assertThat(one.record().facts().mtu()).isEqualTo(carried);
    }

    @Test
    void aPathOfEthernetCostsTwoLostPings() {
        site("two", Step.READY, 1500);
        new MtuStep(records).take(site("one", Step.KVM_PROBED, 1500));
        assertThat(lost).isEqualTo(2);
    }

    @Test
    void whereNoPingComesThroughTheLinkCounts() {
        site("two", Step.READY, 1500);
        Site one = site("one", Step.KVM_PROBED, 0);
        assertThat(new MtuStep(records).take(one)).isEqualTo("no answer to two");
        assertThat(one.record().facts().mtu()).isEqualTo(one.host().mtu());
    }

    private Site site(String name, Step reached, int carried) {
        HostRecord record = HostRecord.begun(name, "c", new HostRecord.Wanted(null, null, false, true))
                .at(reached);
        CloudHost host = withJumboFrames(cloud.launch(HostOrder.of(name)));
        records.write(record.with(record.facts().of(host)));
        Site site = new Site(cloud, records, record);
        site.found(host);
        site.opened(pinging(carried));
        return site;
    }

    private static CloudHost withJumboFrames(CloudHost host) {
        return new CloudHost(
                host.name(), host.state(), host.address(), host.inside(), host.network(), 9001, host.type(), host.id());
    }

    /** Where pings arrive that are no larger. */
    private CommandShell pinging(int carried) {
        return new CommandShell(command -> {
            int size = Integer.parseInt(command.get(command.indexOf("-s") + 1)) + IP_AND_ICMP;
            lost += size <= carried ? 0 : 1;
            return new CommandResult(size <= carried ? 0 : 1, "");
        });
    }
}
