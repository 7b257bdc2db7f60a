package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.virtualwire.authority.Registrar;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostLayout;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostService;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.Services;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.CarriedEnrolment;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.WireHome;
import io.virtualwire.time.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HypervisorStepTest {
    @TempDir
    Path folder;

    private final RememberedCloud cloud = new RememberedCloud();
    private final List<String> services = new ArrayList<>();
    private Instant now = Instant.now();
    private boolean installed = true;
    private boolean answering = true;
    private boolean running = true;
    private HostRecords records;
    private HypervisorStep step;
    private Path kept;

    @BeforeEach
    void begin() {
        WireHome home = new WireHome(folder.resolve("home"));
        home.createAuthority("acme", () -> now);
        records = new HostRecords(home);
        kept = folder.resolve("etc/libvirt/host.wire");
        step = new HypervisorStep(
                Registrar.of(home, () -> now),
                new OwnCommand(Optional.of(Path.of("/usr/bin/wire"))),
                new Patiently(Ticker.system(), Duration.ZERO),
                () -> now);
    }

    @Test
    void itAnswersWithACertificateOfItsAddresses() throws Exception {
        Site site = site(false, true);
        assertThat(step.take(site)).startsWith("acme/libvirt-one answers at TCP port 16514 until ");
        Credentials issued = Credentials.load(kept);
        assertThat(issued.identity()).hasToString("acme/libvirt-one");
        assertThat(issued.certificate().getSubjectAlternativeNames())
                .extracting(name -> name.get(1).toString())
                .contains("192.0.2.1", "10.0.0.1");
        HostRecord.Libvirt noted = site.record().facts().libvirt();
        assertThat(noted.addresses()).containsExactly("192.0.2.1", "10.0.0.1");
        assertThat(noted.answers()).isTrue();
        assertThat(noted.uri()).isEqualTo("qemu+tls://192.0.2.1/system");
        assertThat(noted.peerUri()).isEqualTo("qemu+tls://192.0.2.1/system?pkipath=/etc/libvirt/pki");
        assertThat(records.find("one")).contains(site.record());
        assertThat(services).containsExactly("restart libvirtd");
    }

    @Test
    void doneAgainItIssuesNothing() {
        Site site = site(false, true);
        step.take(site);
        Credentials first = Credentials.load(kept);
        HostRecord.Libvirt noted = site.record().facts().libvirt();
        now = now.plus(Duration.ofDays(200));
        step.take(site);
        assertThat(Credentials.load(kept).certificate()).isEqualTo(first.certificate());
        assertThat(site.record().facts().libvirt()).isEqualTo(noted);
    }

    @Test
    void withAThirdOfItsTimeLeftItIsIssuedAnew() {
        Site site = site(false, true);
        step.take(site);
        Credentials first = Credentials.load(kept);
        now = now.plus(Duration.ofDays(270));
        step.take(site);
        assertThat(Credentials.load(kept).certificate().getNotAfter())
                .isAfter(first.certificate().getNotAfter());
        assertThat(site.record().facts().libvirt().until())
                .isEqualTo(Credentials.load(kept).certificate().getNotAfter().toInstant());
    }

    @Test
    void anotherAddressIsAReasonToIssueItAnewAndSoIsALostRecord() throws Exception {
        Site site = site(false, true);
        step.take(site);
        cloud.remove("one");
        cloud.launch(HostOrder.of("other"));
        Site moved = site(false, true);
        assertThat(moved.host().address().getHostAddress()).isEqualTo("192.0.2.2");
        step.take(moved);
        assertThat(Credentials.load(kept).certificate().getSubjectAlternativeNames())
                .extracting(name -> name.get(1).toString())
                .contains("192.0.2.2", "10.0.0.2")
                .doesNotContain("192.0.2.1");
    }

    @Test
    void whereNoLibvirtIsANodeAsksOthersAllTheSame() {
        installed = false;
        Site node = site(true, true);
        assertThat(step.take(node)).isEqualTo("acme/libvirt-one, with which its node asks others");
        assertThat(node.record().facts().libvirt().answers()).isFalse();
        assertThat(services).isEmpty();
        cloud.remove("one");
        assertThat(step.take(site(false, true))).isEqualTo("none: there is no libvirtd");
        cloud.remove("one");
        assertThat(step.take(site(false, false))).isEqualTo("none: no virtual machines are to run there");
    }

    @Test
    void oneThatDoesNotAnswerOrRunIsSaidToBeSo() {
        answering = false;
        Site site = site(false, true);
        assertThatThrownBy(() -> step.take(site))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("does not answer at qemu+tls://10.0.0.1/system")
                .hasMessageContaining("what virsh said");
        running = false;
        assertThatThrownBy(() -> step.take(site)).hasMessageContaining("libvirtd does not run: what it said");
        answering = true;
        running = true;
        assertThat(step.take(site)).contains("answers");
    }

    @Test
    void aHostThatMovesAndOneWhoseTimeEndsAreSeenToLater() throws Exception {
        Hosts hosts = hosts();
        Site site = site(false, true);
        step.take(site);
        site.note(site.record().at(Step.READY));
        assertThat(hosts.dueHypervisors("c")).isEmpty();

        cloud.move("one", "192.0.2.77");
        AddressChange change = hosts.changes("c").getFirst();
        hosts.readdressHypervisor(change, Duration.ZERO);
        assertThat(Credentials.load(kept).certificate().getSubjectAlternativeNames())
                .extracting(name -> name.get(1).toString())
                .contains("192.0.2.77", "10.0.0.1")
                .doesNotContain("192.0.2.1");
        Credentials moved = Credentials.load(kept);
        hosts.readdressHypervisor(hosts.changes("c").getFirst(), Duration.ZERO);
        assertThat(Credentials.load(kept).certificate())
                .as("done already, whoever was cut short before that was noted")
                .isEqualTo(moved.certificate());
        hosts.note(change);

        HostRecord known = records.find("one").orElseThrow();
        HostRecord.Libvirt old = known.facts().libvirt();
        records.write(known.with(known.facts()
                .withLibvirt(new HostRecord.Libvirt(
                        old.addresses(), Instant.now().plus(Duration.ofDays(100)), old.answers()))));
        HostRecord due = hosts.dueHypervisors("c").getFirst();
        assertThat(hosts.dueHypervisors("other")).isEmpty();
        hosts.renewHypervisor(due, Duration.ZERO);
        assertThat(hosts.dueHypervisors("c")).isEmpty();
        assertThat(Credentials.load(kept).certificate()).isNotEqualTo(moved.certificate());
    }

    private Hosts hosts() {
        CloudBook clouds = new CloudBook(new WireHome(folder.resolve("home")), new CloudTypes(List.of(cloud)));
        clouds.add("c", new CloudEntry("remembered", Map.of()));
        cloud.shell("one", new Machine());
        return new Hosts(
                clouds,
                records,
                Registrar.of(new WireHome(folder.resolve("home")), () -> now),
                new OwnCommand(Optional.of(Path.of("/usr/bin/wire"))),
                new Hosts.Around((at, who) -> null, record -> "", daemon -> {}, record -> {}, name -> {}));
    }

    private Site site(boolean node, boolean vms) {
        HostRecord record = HostRecord.begun("one", "c", new HostRecord.Wanted(null, null, node, vms))
                .at(Step.ENROLLED);
        records.write(record);
        Site site = new Site(cloud, records, record);
        site.found(cloud.launch(HostOrder.of("one")));
        site.opened(new Machine());
        return site;
    }

    /** A machine whose wire command is this process, and whose libvirt does as it is told. */
    private final class Machine implements HostShell {
        @Override
        public CommandResult run(Duration limit, List<String> command, byte[] input) {
            if (command.contains("virsh")) {
                return new CommandResult(answering ? 0 : 1, "what virsh said");
            }
            if (command.contains("hypervisor")) {
                return new CommandResult(0, "changed\n");
            }
            if (command.contains("identity")) {
                return identity(command, input);
            }
            if (command.contains("sh -c") || command.getLast().equals(kept.toString())) {
                delete();
                return new CommandResult(0, "");
            }
            return new CommandResult(installed ? 0 : 1, "");
        }

        private void delete() {
            try {
                Files.deleteIfExists(kept);
                Files.createDirectories(kept.getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private CommandResult identity(List<String> command, byte[] input) {
            assertThat(command).doesNotContain("runuser");
            assertThat(command).contains(kept.toString());
            int at = command.indexOf("identity");
            CarriedEnrolment enrolment = new CarriedEnrolment(kept, new Identity("acme", "libvirt-one"), () -> now);
            try {
                if (command.get(at + 1).equals("export")) {
                    assertThat(command.subList(at + 2, command.size()))
                            .containsExactly(
                                    kept.toString(), "--to", kept.getParent().toString());
                    return new CommandResult(0, "");
                }
                if (command.get(at + 1).equals("accept")) {
                    enrolment.accept(ApiJson.lenient()
                            .readValue(new String(input, StandardCharsets.UTF_8), CertificateAnswer.class));
                    return new CommandResult(0, "");
                }
                Fingerprint authority = new Fingerprint(command.getLast());
                return new CommandResult(0, ApiJson.lenient().writeValueAsString(enrolment.question(authority)));
            } catch (JsonProcessingException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void put(String path, int mode, byte[] content) {
            assertThat(path).endsWith("libvirtd.sh");
            assertThat(new String(content, StandardCharsets.UTF_8)).startsWith("#!/usr/bin/env bash");
        }

        @Override
        public void put(String path, int mode, Path content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public HostLayout layout() {
            return new HostLayout(
                    false,
                    folder.resolve("etc").toString(),
                    folder.resolve("state").toString());
        }

        @Override
        public Services services() {
            return new Told();
        }

        @Override
        public void close() {
            // Nothing is held open.
        }
    }

    private final class Told implements Services {
        @Override
        public void start(HostService service) {
            services.add("start " + service.unit());
        }

        @Override
        public void restart(HostService service) {
            services.add("restart " + service.unit());
        }

        @Override
        public void stop(String unit) {
            services.add("stop " + unit);
        }

        @Override
        public boolean running(String unit) {
            return running;
        }

        @Override
        public String log(String unit, int lines) {
            return "what it said";
        }
    }
}
