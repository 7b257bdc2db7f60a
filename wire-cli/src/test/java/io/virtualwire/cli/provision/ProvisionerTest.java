package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.authority.Registrar;
import io.virtualwire.cloud.spi.Admission;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that is killed between any two steps goes on, and one that fails at any step leaves nothing. */
final class ProvisionerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private final RememberedCloud cloud = new RememberedCloud();
    private final List<String> taken = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<String> revoked = new ArrayList<>();
    private final List<String> forgotten = new ArrayList<>();
    private final List<String> departed = new ArrayList<>();
    private WireHome home;
    private HostRecords records;
    private Registrar registrar;

    /** Ends a run as {@code kill -9} does: nothing is cleaned up. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @BeforeEach
    void makeTenant() {
        home = new WireHome(folder);
        home.createAuthority("acme", InstantSource.system());
        records = new HostRecords(home);
        registrar = Registrar.of(home, InstantSource.system());
    }

    @Test
    void everyStepIsTakenOnceInItsOrderAndNoted() {
        assertThat(run(begun("one"), null, null, false)).isEmpty();
        assertThat(taken).containsExactlyElementsOf(allBut());
        HostRecord.Facts known = records.find("one").orElseThrow().facts();
        assertThat(List.of(known.address(), known.inside(), known.network()))
                .containsExactly("192.0.2.1", "10.0.0.1", "net-of-remembered");
        assertThat(records.find("one")).get().satisfies(record -> {
            assertThat(record.reached()).isEqualTo(Step.READY);
            assertThat(record.made()).isTrue();
            assertThat(record.facts().id()).isEqualTo("id-one");
            assertThat(record.facts().address()).isEqualTo("192.0.2.1");
        });
        assertThat(told).hasSize(Step.values().length);
    }

    @ParameterizedTest
    @EnumSource
    void whoIsKilledAtAStepGoesOn(Step at) {
        assertThatThrownBy(() -> run(begun("one"), null, at, false)).hasRootCauseInstanceOf(Killed.class);
        assertThat(records.find("one").map(HostRecord::made))
                .as("that it was asked for is known")
                .contains(true);
        taken.clear();
        HostRecord again = records.find("one").orElseThrow();
        assertThat(run(again, null, null, false)).isEmpty();
        assertThat(records.find("one").map(HostRecord::reached)).contains(Step.READY);
        assertThat(taken)
                .as("what was done is not done again")
                .doesNotHaveDuplicates()
                .contains(at.name());
        assertThat(taken)
                .containsAll(Arrays.stream(Step.values())
                        .filter(step -> step.compareTo(at) > 0)
                        .map(Step::name)
                        .toList());
        assertThat(cloud.names()).containsExactly("one");
    }

    @ParameterizedTest
    @EnumSource
    void whatFailsIsNamedAndNothingIsLeft(Step at) {
        cloud.launch(HostOrder.of("other"));
        Map<String, WireException> failed = run(begun("one"), at, null, false);
        assertThat(failed).containsOnlyKeys("one");
        assertThat(failed.get("one"))
                .hasMessageContaining(at.name())
                .hasMessageContaining("struck")
                .hasMessageContaining("was removed");
        assertThat(failed.get("one").code()).isEqualTo(ErrorCode.SYSTEM);
        assertThat(cloud.names()).containsExactly("other");
        assertThat(records.all()).isEmpty();
        assertThat(forgotten).containsExactly("one");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsToBeKeptIsKeptAndGoneOnWith(Step at) {
        Map<String, WireException> failed = run(begun("one"), at, null, true);
        assertThat(failed.get("one").hint()).contains("the same command goes on", "wire host rm one");
        if (at != Step.LAUNCHED) {
            assertThat(cloud.names()).containsExactly("one");
        }
        assertThat(run(records.find("one").orElseThrow(), null, null, false)).isEmpty();
        assertThat(records.find("one").map(HostRecord::reached)).contains(Step.READY);
    }

    @Test
    void aMachineInstallsByItselfWhatThePackageNeedsAndIsToldNothingElse() {
        HostRecord bare = HostRecord.begun("bare", "c", new HostRecord.Wanted(null, null, true, false));
        run(List.of(begun("one"), bare), null, null, false);
        assertThat(cloud.userData().get("one")).isEqualTo("""
                #cloud-config
                package_update: true
                packages:
                - "iproute2"
                - "nftables"
                - "libvirt-daemon-system"
                - "qemu-system-x86"
                """);
        assertThat(cloud.userData().get("bare")).contains("nftables").doesNotContain("qemu", "libvirt");
    }

    @Test
    void aMachineThatWasThereBeforeUsStays() {
        cloud.launch(HostOrder.of("one"));
        Map<String, WireException> failed = run(begun("one"), Step.ENROLLED, null, false);
        assertThat(failed.get("one")).hasMessageContaining("was left");
        assertThat(cloud.names()).containsExactly("one");
    }

    @Test
    void oneThatFailsDoesNotKeepTheOthers() {
        HostRecord none = HostRecord.begun("none", "c", new HostRecord.Wanted(null, "none", false, true));
        Map<String, WireException> failed = run(List.of(begun("one"), none, begun("two")), null, null, false);
        assertThat(failed).containsOnlyKeys("none");
        assertThat(failed.get("none")).hasMessageContaining("LAUNCHED").hasMessageContaining("there is no room");
        assertThat(cloud.names()).containsExactly("one", "two");
        assertThat(records.all()).extracting(HostRecord::reached).containsOnly(Step.READY);
    }

    @Test
    void whatWasIssuedIsTakenBackAndTokensAreForgotten() {
        registrar.issue("one", Duration.ofDays(1));
        run(begun("one"), Step.SERVICES_RUNNING, null, false);
        assertThat(revoked).containsExactly("one");
    }

    @Test
    void aNodeThatComesToNothingLeavesItsFabric() {
        HostRecord node = HostRecord.begun("one", "c", new HostRecord.Wanted(null, null, true, true));
        run(List.of(node, begun("two")), Step.KVM_PROBED, null, false);
        assertThat(departed).containsExactly("one");
    }

    @Test
    void exactlyTheOtherHostsAreLetIn() {
        CloudBook clouds = new CloudBook(home, new CloudTypes(List.of(cloud)));
        clouds.add("c", new CloudEntry("remembered", Map.of()));
        HostRecord withNode = HostRecord.begun("two", "c", new HostRecord.Wanted(null, null, true, true));
        run(List.of(begun("one"), withNode), null, null, false);
        Admissions admissions = new Admissions(records, clouds);
        admissions.settle();
        // They are launched side by side: which of the two came first is open.
        String two = cloud.hosts().stream()
                .filter(host -> host.name().equals("two"))
                .map(host -> String.valueOf(host.inside()).replace("/", ""))
                .findFirst()
                .orElseThrow();
        assertThat(cloud.admitted().get("one"))
                .allSatisfy(it -> assertThat(it.peer()).isEqualTo("two"))
                .extracting(it -> it.address().getHostAddress() + " " + it.protocol() + " " + it.port())
                .containsExactlyInAnyOrder(
                        two + " UDP 7471", two + " UDP 7472", two + " TCP 7471", two + " TCP 7472", two + " TCP 16514");
        assertThat(cloud.admitted().get("two")).extracting(Admission::port).contains(7481, 7482, 7483);
        records.remove("two");
        cloud.remove("two");
        admissions.settle();
        assertThat(cloud.admitted()).containsOnlyKeys("one");
        assertThat(cloud.admitted().get("one")).isEmpty();
    }

    @Test
    void aHypervisorIsOpenToThoseAloneWhoMoveMachines() {
        CloudBook clouds = new CloudBook(home, new CloudTypes(List.of(cloud)));
        clouds.add("c", new CloudEntry("remembered", Map.of()));
        HostRecord plain = HostRecord.begun("plain", "c", new HostRecord.Wanted(null, null, false, false));
        HostRecord asks = HostRecord.begun("asks", "c", new HostRecord.Wanted(null, null, true, false));
        run(List.of(begun("runs"), plain, asks), null, null, false);
        new Admissions(records, clouds).settle();
        assertThat(cloud.admitted().get("runs"))
                .filteredOn(it -> it.port() == LibvirtThere.PORT)
                .extracting(Admission::peer)
                .containsExactly("asks");
        assertThat(cloud.admitted().get("plain")).extracting(Admission::port).doesNotContain(LibvirtThere.PORT);
        assertThat(cloud.admitted().get("asks")).extracting(Admission::port).doesNotContain(LibvirtThere.PORT);
    }

    @Test
    void aHostBehindATranslationIsLetInAsWhatItIsSeenAs() {
        RememberedCloud desk = new RememberedCloud("desk", "198.51.100.7");
        CloudBook clouds = new CloudBook(home, new CloudTypes(List.of(cloud, desk)));
        clouds.add("c", new CloudEntry("remembered", Map.of()));
        clouds.add("d", new CloudEntry("desk", Map.of()));
        run(List.of(begun("one")), null, null, false);
        for (String name : List.of("near", "by")) {
            desk.launch(HostOrder.of(name));
            records.write(HostRecord.begun(name, "d", new HostRecord.Wanted(null, null, false, true))
                    .at(Step.READY));
        }
        new Admissions(records, clouds).settle();
        assertThat(cloud.admitted().get("one"))
                .extracting(it -> it.address().getHostAddress())
                .containsOnly("198.51.100.7");
        assertThat(desk.admitted().get("by"))
                .as("between themselves nothing is translated")
                .extracting(it -> it.peer() + " " + it.address().getHostAddress())
                .contains("near 10.0.0.1")
                .doesNotContain("near 198.51.100.7");
    }

    @Test
    void aChangedAddressIsFoundAndLetInUntilItIsNoted() {
        RememberedCloud desk = new RememberedCloud("desk", "198.51.100.7");
        CloudBook clouds = new CloudBook(home, new CloudTypes(List.of(cloud, desk)));
        clouds.add("c", new CloudEntry("remembered", Map.of()));
        clouds.add("d", new CloudEntry("desk", Map.of()));
        run(List.of(begun("one")), null, null, false);
        desk.launch(HostOrder.of("far"));
        records.write(HostRecord.begun("far", "d", new HostRecord.Wanted(null, null, false, true))
                .at(Step.READY));
        Hosts hosts = new Hosts(
                clouds,
                records,
                registrar,
                new OwnCommand(Optional.empty()),
                new Hosts.Around(
                        (at, who) -> null,
                        record -> "",
                        revoked::add,
                        record -> departed.add(record.name()),
                        forgotten::add));
        assertThat(hosts.changes("c")).isEmpty();

        cloud.move("one", "192.0.2.77");
        AddressChange change = hosts.changes("c").getFirst();
        assertThat(change).isEqualTo(new AddressChange(records.find("one").orElseThrow(), "192.0.2.1", "192.0.2.77"));
        hosts.settle();
        assertThat(desk.admitted().get("far"))
                .extracting(it -> it.address().getHostAddress())
                .containsOnly("192.0.2.77");
        assertThat(hosts.changes("c")).as("nobody said that all were told").containsExactly(change);
        hosts.note(change);
        assertThat(hosts.changes("c")).isEmpty();
        assertThat(records.find("one").orElseThrow().facts().address()).isEqualTo("192.0.2.77");
    }

    private Map<String, WireException> run(HostRecord record, Step struck, Step killed, boolean keep) {
        return run(List.of(record), struck, killed, keep);
    }

    private Map<String, WireException> run(List<HostRecord> wanted, Step struck, Step killed, boolean keep) {
        List<HostStep> steps = Arrays.stream(Step.values())
                .map(step -> step == Step.LAUNCHED ? new LaunchStep(PATIENCE) : new Stood(step))
                .map(step -> (HostStep) new Struck(step, struck, killed))
                .toList();
        HostRemoval removal = new HostRemoval(
                records, registrar, record -> departed.add(record.name()), revoked::add, forgotten::add, () -> {});
        List<Site> sites =
                wanted.stream().map(record -> new Site(cloud, records, record)).toList();
        return new Provisioner(steps, removal, keep, new Told()).run(sites);
    }

    private static HostRecord begun(String name) {
        return HostRecord.begun(name, "c", new HostRecord.Wanted(null, null, false, true));
    }

    private static List<String> allBut(Step... left) {
        return Stream.of(Step.values())
                .filter(step -> !List.of(left).contains(step))
                .map(Step::name)
                .toList();
    }

    /** A step that does nothing. */
    private record Stood(Step reaches) implements HostStep {
        @Override
        public String take(Site site) {
            return "done";
        }
    }

    /** A step that is struck when it was all but done. */
    private final class Struck implements HostStep {
        private final HostStep step;
        private final Step failing;
        private final Step killing;

        Struck(HostStep step, Step failing, Step killing) {
            this.step = step;
            this.failing = failing;
            this.killing = killing;
        }

        @Override
        public Step reaches() {
            return step.reaches();
        }

        @Override
        public boolean isLooked() {
            return step.isLooked();
        }

        @Override
        public String take(Site site) {
            String detail = step.take(site);
            synchronized (taken) {
                taken.add(step.reaches().name());
            }
            if (step.reaches() == failing) {
                throw new WireException(ErrorCode.SYSTEM, "struck", "try again");
            }
            if (step.reaches() == killing) {
                throw new Killed();
            }
            return detail;
        }
    }

    private final class Told implements Progress {
        @Override
        public void begins(String host, Step step) {
            // The end says all.
        }

        @Override
        public void done(String host, Step step, String detail) {
            synchronized (told) {
                told.add(host + " " + step);
            }
        }

        @Override
        public void failed(String host, Step step, WireException why, boolean removed) {
            synchronized (told) {
                told.add(host + " " + step + " failed");
            }
        }
    }
}
