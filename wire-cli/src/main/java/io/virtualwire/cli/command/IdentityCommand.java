package io.virtualwire.cli.command;

import io.virtualwire.authority.MemberStatus;
import io.virtualwire.authority.Registrar;
import io.virtualwire.authority.Revoked;
import io.virtualwire.cli.command.RevocationNews.Told;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.WireHome;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire identity …}. */
@Command(
        name = "identity",
        description = "Credentials of daemons and persons.",
        subcommands = IdentityRotateCommand.class)
public final class IdentityCommand {
    private static final int SERIAL_DIGITS = 12;

    private final WireHome home = WireHome.of(System.getenv());

    private record Done(Identity identity, int certificates, long list, List<Told> told) {}

    private record Issued(Identity identity, Path file, Instant validUntil) {}

    @Command(
            name = "issue",
            description = "Make credentials for a daemon or person, as one file to copy to its host.",
            footerHeading = "%nExamples:%n",
            footer = {"  wire identity issue hostb", "  wire identity issue node-west --out west.wire --days 90"})
    int issue(
            @Parameters(paramLabel = "NAME", description = "The daemon's name within your tenant.") String name,
            @Option(names = "--out", paramLabel = "FILE", description = "Where to write it; default: NAME.wire here.")
                    @Nullable
                    Path out,
            @Option(
                            names = "--days",
                            paramLabel = "N",
                            defaultValue = "397",
                            description = "Validity; default: ${DEFAULT-VALUE} days.")
                    int days,
            @Mixin Output output) {
        if (days < 1) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot issue credentials for " + name + " that hold " + days + " days",
                    "use --days 1 or more");
        }
        Credentials credentials = registrar().issue(name, Duration.ofDays(days));
        Path file = out == null ? Path.of(name + ".wire") : out;
        credentials.save(file);
        Instant until = credentials.certificate().getNotAfter().toInstant();
        output.print(new Issued(credentials.identity(), file, until), print -> {
            print.println("credentials of " + credentials.identity() + ", valid until " + until + ": " + file);
            print.println("keep it secret; on its host: wire connector run --identity " + file.getFileName());
        });
        return ExitCode.OK;
    }

    @Command(
            name = "revoke",
            description = {
                "Take back all credentials of a daemon or person. Within 5 s no daemon that can be reached believes them.",
                "The hosts that you know hear of it at once, others from your authority's service and from one another."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  wire identity revoke hostb"})
    int revoke(
            @Parameters(paramLabel = "NAME", description = "The daemon's name within your tenant.") String name,
            @Mixin Output output) {
        Registrar registrar = registrar();
        // Those that an earlier release issued are in no register.
        registrar.note(home.names().stream().map(home::credentials).toList());
        Revoked revoked = registrar.revoke(name);
        RevocationList list = revoked.lists().getLast();
        Revocations known = Revocations.in(Person.revocations(home));
        List<X509Certificate> believed = new ArrayList<>(registrar.authorities());
        registrar.rotation().former().ifPresent(believed::add);
        revoked.lists().forEach(it -> known.offer(it, believed));
        List<Told> told = new RevocationNews(home).tell(revoked.lists());
        output.print(new Done(revoked.identity(), revoked.certificates(), list.number(), told), out -> {
            out.println("revoked " + revoked.certificates() + " certificates of " + revoked.identity() + ", list "
                    + list.number());
            Table table = new Table("DAEMON", "HEARD");
            told.forEach(it -> table.row(it.daemon(), it.heard()));
            if (!told.isEmpty()) {
                table.print(out);
            }
        });
        return ExitCode.OK;
    }

    @Command(name = "ls", description = "List the credentials in your wire home.")
    int list(
            @Option(names = "--issued", description = "List instead all certificates that your authority has issued.")
                    boolean issued,
            @Mixin Output output) {
        if (issued) {
            return issued(output);
        }
        List<Issued> all = home.names().stream()
                .map(name -> {
                    Credentials credentials = home.credentials(name);
                    return new Issued(
                            credentials.identity(),
                            home.credentialsFile(name),
                            credentials.certificate().getNotAfter().toInstant());
                })
                .toList();
        output.print(all, out -> {
            Table table = new Table("IDENTITY", "VALID UNTIL", "FILE");
            all.forEach(one -> table.row(one.identity(), one.validUntil(), one.file()));
            table.print(out);
        });
        return ExitCode.OK;
    }

    private int issued(Output output) {
        List<MemberStatus> all = registrar().members();
        output.print(all, out -> {
            Table table = new Table("IDENTITY", "SERIAL", "VALID UNTIL", "REVOKED");
            all.forEach(it -> table.row(
                    it.identity(),
                    it.serial().substring(0, SERIAL_DIGITS),
                    it.until(),
                    it.revokedAt().map(Instant::toString).orElse("-")));
            table.print(out);
        });
        return ExitCode.OK;
    }

    private Registrar registrar() {
        return Registrar.of(home, InstantSource.system());
    }
}
