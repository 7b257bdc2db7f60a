package io.virtualwire.cli.command;

import io.virtualwire.cli.doctor.ClockCheck;
import io.virtualwire.cli.doctor.CredentialsCheck;
import io.virtualwire.cli.doctor.Finding;
import io.virtualwire.cli.doctor.HostChecks;
import io.virtualwire.cli.doctor.KernelWiresCheck;
import io.virtualwire.cli.doctor.LibvirtCheck;
import io.virtualwire.cli.doctor.PathCheck;
import io.virtualwire.cli.doctor.PortCheck;
import io.virtualwire.cli.doctor.SealingCheck;
import io.virtualwire.cli.doctor.UdpOffloadCheck;
import io.virtualwire.cli.doctor.Verdict;
import io.virtualwire.cli.doctor.VirtualizationCheck;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import io.virtualwire.openssl.LibCrypto;
import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire doctor}. */
@Command(
        name = "doctor",
        description =
                "Try everything that a connector needs on this host, and say what to do about what does not work.")
public final class DoctorCommand implements Callable<Integer> {
    private static final String LOCAL = "localhost";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortNumber.class,
            defaultValue = "7471",
            description = "For wires; default: ${DEFAULT-VALUE}.")
    private int port = 7471;

    @Option(
            names = "--api-port",
            paramLabel = "PORT",
            converter = PortNumber.class,
            defaultValue = "7472",
            description = "For the interface; default: ${DEFAULT-VALUE}.")
    private int apiPort = HostAddress.DEFAULT_API_PORT;

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        HostChecks host = new HostChecks();
        List<Finding> findings = new ArrayList<>(List.of(
                host.jdk(),
                host.tap(),
                new UdpOffloadCheck().run(),
                new SealingCheck(LibCrypto::look).run(),
                new KernelWiresCheck().run(),
                host.capabilities(),
                host.ip(),
                host.namespaces(),
                new VirtualizationCheck(Ticker.system()).run(),
                new LibvirtCheck().run()));
        findings.addAll(credentials());
        List<HostPoll.Reply<Seen>> replies = hosts();
        List<Finding> hosts = replies.stream()
                .map(reply -> finding("connector on " + reply.host(), reply))
                .toList();
        boolean local = hosts.stream()
                .anyMatch(it -> it.subject().endsWith(" " + LOCAL + ":" + apiPort) && it.verdict() == Verdict.OK);
        findings.add(new PortCheck().run(port, apiPort, local));
        findings.addAll(hosts);
        replies.forEach(reply -> reply.answer().ifPresent(seen -> findings.addAll(beyond(reply.host(), seen))));
        output.print(findings, out -> {
            for (Finding finding : findings) {
                out.printf("%-5s %s: %s%n", finding.verdict(), finding.subject(), finding.detail());
                if (!finding.advice().isEmpty()) {
                    out.println("      -> " + finding.advice());
                }
            }
        });
        return findings.stream().anyMatch(it -> it.verdict() == Verdict.FAIL) ? ExitCode.FAILED : ExitCode.OK;
    }

    private List<Finding> credentials() {
        WireHome home = person.home();
        List<Finding> findings = new ArrayList<>();
        for (String name : home.names()) {
            try {
                findings.add(new CredentialsCheck().run(home.credentials(name), Instant.now()));
            } catch (WireException e) {
                findings.add(Finding.refused(
                        "credentials " + name, Verdict.FAIL, e, "issue them again: wire identity issue " + name));
            }
        }
        if (findings.isEmpty()) {
            findings.add(new Finding(
                    "credentials",
                    Verdict.WARN,
                    "none in " + home.folder(),
                    "run 'wire init' once, or copy the NAME.wire here that 'wire identity issue NAME' made"));
        }
        return findings;
    }

    private List<HostPoll.Reply<Seen>> hosts() {
        Set<String> names = new TreeSet<>(person.hosts().all().keySet());
        names.add(LOCAL + ":" + apiPort);
        return new HostPoll(person).ask(names, DoctorCommand::look);
    }

    private record Seen(ConnectorHealth health, Instant asked, Instant answered, List<AssociationStatus> paths) {}

    private static Seen look(ConnectorClient connector) {
        // The first request makes the connection, which would count as the way to the clock and back.
        List<AssociationStatus> paths = connector.associations();
        Instant asked = Instant.now();
        ConnectorHealth health = connector.health();
        return new Seen(health, asked, Instant.now(), paths);
    }

    private static List<Finding> beyond(String host, Seen seen) {
        List<Finding> findings = new ArrayList<>();
        if (seen.health().clockMillis() != 0) {
            Instant said = Instant.ofEpochMilli(seen.health().clockMillis());
            findings.add(new ClockCheck().run(host, seen.asked(), seen.answered(), said));
        }
        seen.paths().forEach(path -> findings.add(new PathCheck().run(host, path)));
        return findings;
    }

    private static Finding finding(String subject, HostPoll.Reply<Seen> reply) {
        if (reply.answer().isEmpty()) {
            WireException why = reply.refusal().orElseThrow();
            // Not every machine has a connector, so this alone does not make it ill.
            return Finding.refused(subject, Verdict.WARN, why, "see whether it runs there, and what its log says");
        }
        Seen seen = reply.answer().get();
        ConnectorHealth health = seen.health();
        String detail = health.identity() + " answers in "
                + Duration.between(seen.asked(), seen.answered()).toMillis() + " ms, " + health.endpoints()
                + " endpoints, " + health.wires() + " wires";
        return health.problems().isEmpty()
                ? new Finding(subject, Verdict.OK, detail, "")
                : new Finding(
                        subject,
                        Verdict.WARN,
                        detail + "; " + String.join("; ", health.problems()),
                        "docs/operations.md says what to do about each, under 'What each alarm means'");
    }
}
