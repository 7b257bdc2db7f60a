package io.virtualwire.cli.command;

import io.virtualwire.authority.Registrar;
import io.virtualwire.authority.Rotation;
import io.virtualwire.authority.RotationStatus;
import io.virtualwire.cli.command.RevocationNews.Told;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.Succession.Stage;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire identity rotate-ca}. */
@Command(
        name = "rotate-ca",
        description = {
            "Put another authority in the place of yours, and go on where that was cut short. At first both are believed: daemons that"
                    + " are enrolled get certificates of the new one by themselves, others by 'wire identity issue'.",
            "Then --retire the one before: within 5 s its certificates are believed no more."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  wire identity rotate-ca",
            "  wire identity rotate-ca --status",
            "  wire identity rotate-ca --retire"
        })
final class IdentityRotateCommand implements Callable<Integer> {
    /** Who follows the authority's service hears of a list within two of its questions. */
    private static final Duration HEARD_BY_ALL = Duration.ofSeconds(5);

    private final InstantSource clock = InstantSource.system();
    private final WireHome home = WireHome.of(System.getenv());

    @Option(names = "--retire", description = "The one before is to be believed no more, and its key is deleted.")
    private boolean retire;

    @Option(
            names = "--force",
            description = "Go on although daemons did not hear of it, or have certificates of the one before only.")
    private boolean force;

    @Option(names = "--status", description = "Only show how far it is.")
    private boolean statusOnly;

    @Mixin
    private Output output = new Output();

    private record Shown(Optional<RotationStatus> rotation, List<Told> told) {}

    @Override
    public Integer call() {
        Registrar registrar = Registrar.of(home, clock);
        Rotation rotation = registrar.rotation();
        if (statusOnly) {
            show(rotation, List.of());
            return ExitCode.OK;
        }
        // Those that an earlier release issued are in no register.
        registrar.note(home.names().stream().map(home::credentials).toList());
        List<Told> told = retire ? retire(registrar, rotation) : replace(registrar, rotation);
        show(rotation, told);
        return ExitCode.OK;
    }

    private List<Told> replace(Registrar registrar, Rotation rotation) {
        rotation.announce();
        believe(registrar);
        if (stage(rotation) == Stage.ANNOUNCED) {
            List<Told> told = tell(registrar, rotation);
            List<String> deaf = told.stream()
                    .filter(it -> !it.isHeard())
                    .map(it -> it.daemon() + " (" + it.heard() + ")")
                    .toList();
            if (!deaf.isEmpty() && !force) {
                throw new WireException(
                        ErrorCode.UNAVAILABLE,
                        "the other authority is made, but does not issue yet: it was not heard of by "
                                + String.join(", ", deaf),
                        "start them and repeat, or go on without them with --force; they hear of it from the authority's service or"
                                + " from a peer");
            }
            awaitFollowers(rotation);
        }
        rotation.issue();
        reissue(registrar);
        return tell(registrar, rotation);
    }

    private List<Told> retire(Registrar registrar, Rotation rotation) {
        rotation.retire(force);
        List<Told> told = tell(registrar, rotation);
        believe(registrar);
        return told;
    }

    private static Stage stage(Rotation rotation) {
        return rotation.status().orElseThrow().stage();
    }

    /** Gives those time that this home does not know and who follow the authority's service. */
    private void awaitFollowers(Rotation rotation) {
        Instant since = rotation.status().orElseThrow().since();
        Duration left = HEARD_BY_ALL.minus(Duration.between(since, clock.instant()));
        if (left.isNegative() || left.compareTo(HEARD_BY_ALL) > 0) {
            return;
        }
        output.progress("waiting until those who follow the authority's service have heard of the other one");
        try {
            TimeUnit.MILLISECONDS.sleep(left.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(
                    ErrorCode.UNAVAILABLE, "interrupted before the other authority issues", "repeat the command", e);
        }
    }

    private List<Told> tell(Registrar registrar, Rotation rotation) {
        List<RevocationList> lists = rotation.lists();
        Revocations known = Revocations.in(Person.revocations(home));
        List<X509Certificate> believed = new ArrayList<>(registrar.authorities());
        rotation.former().ifPresent(believed::add);
        lists.forEach(list -> known.offer(list, believed));
        return new RevocationNews(home).tell(lists);
    }

    /** The credentials in this home are to name all authorities that are believed, and no others of this tenant. */
    private void believe(Registrar registrar) {
        for (Credentials own : mine(registrar)) {
            List<X509Certificate> authorities = new ArrayList<>(registrar.authorities());
            own.authorities().stream()
                    .filter(it -> !Credentials.tenantOf(it).equals(registrar.tenant()))
                    .forEach(authorities::add);
            if (!authorities.equals(own.authorities())) {
                home.save(new Credentials(own.key(), own.certificate(), authorities));
            }
        }
    }

    /** Those of this home that the one before has issued are issued again; daemons that run take them from their file. */
    private void reissue(Registrar registrar) {
        X509Certificate issues = registrar.authorities().getFirst();
        for (Credentials own : mine(registrar)) {
            if (!TenantAuthority.issued(issues, own.certificate())) {
                Duration life = own.life();
                Credentials issued = registrar.issue(own.identity().name(), life);
                for (X509Certificate other : own.authorities()) {
                    issued = issued.trusting(other);
                }
                home.save(issued);
            }
        }
    }

    private List<Credentials> mine(Registrar registrar) {
        return home.names().stream()
                .map(home::credentials)
                .filter(it -> it.identity().tenant().equals(registrar.tenant()))
                .toList();
    }

    private void show(Rotation rotation, List<Told> told) {
        Optional<RotationStatus> status = rotation.status();
        output.print(new Shown(status, told), out -> {
            if (status.isEmpty()) {
                out.println("there is one authority, and no other takes its place");
                return;
            }
            RotationStatus now = status.get();
            out.println(switch (now.stage()) {
                        case ANNOUNCED -> "announced: another authority is believed, and does not issue yet";
                        case ISSUES -> "issues: the other authority issues; both are believed";
                        case RETIRED -> "retired: the authority before is believed no more";
                    }
                    + ", since " + now.since());
            if (now.stage() == Stage.ISSUES) {
                out.println(
                        now.waiting().isEmpty()
                                ? "everybody has a certificate of it; next: wire identity rotate-ca --retire"
                                : "these have no certificate of it yet: " + String.join(", ", now.waiting()));
            }
            if (!told.isEmpty()) {
                Table table = new Table("DAEMON", "HEARD");
                told.forEach(it -> table.row(it.daemon(), it.heard()));
                table.print(out);
            }
        });
    }
}
