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
import io.virtualwire.enrolment.CarriedEnrolment;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.PkiFolder;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.WireHome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
            name = "request",
            description = {
                "Ask for a daemon's credentials where they are to be, without reaching the authority: prints what to carry to it.",
                "The key stays here. 'wire host' does both ends of this; the same again asks the same, until it was answered."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  wire identity request acme/hostb --file hostb.wire --authority 5f2a…"})
    int request(
            @Parameters(paramLabel = "TENANT/NAME", description = "Who the daemon will be.") String name,
            @Option(
                            names = "--file",
                            required = true,
                            paramLabel = "FILE",
                            description = "Where the credentials will be.")
                    Path file,
            @Option(
                            names = "--authority",
                            required = true,
                            paramLabel = "FINGERPRINT",
                            description = "Who is to issue them: the SHA-256 of its certificate.")
                    String authority,
            @Mixin Output output) {
        CarriedEnrolment.Question question = new CarriedEnrolment(file, Identity.parse(name), InstantSource.system())
                .question(new Fingerprint(authority));
        // For a program, in either form.
        output.line(question, out -> out.println(Carried.write(question)));
        return ExitCode.OK;
    }

    @Command(
            name = "accept",
            description = "Take the authority's answer to 'wire identity request', from standard input.",
            footerHeading = "%nExamples:%n",
            footer = {"  wire identity accept acme/hostb --file hostb.wire"})
    int accept(
            @Parameters(paramLabel = "TENANT/NAME", description = "Who the daemon will be.") String name,
            @Option(
                            names = "--file",
                            required = true,
                            paramLabel = "FILE",
                            description = "Where the credentials will be.")
                    Path file,
            @Mixin Output output) {
        Credentials credentials = new CarriedEnrolment(file, Identity.parse(name), InstantSource.system())
                .accept(Carried.read(System.in));
        Instant until = credentials.certificate().getNotAfter().toInstant();
        output.print(
                new Issued(credentials.identity(), file, until),
                out -> out.println(
                        "credentials of " + credentials.identity() + ", valid until " + until + ": " + file));
        return ExitCode.OK;
    }

    @Command(
            name = "export",
            description = {
                "Write credentials as libvirt and its like want them: cacert.pem, clientcert.pem and clientkey.pem in a folder.",
                "For libvirt's URIs that is the folder of pkipath; a node looks for it in 'pki' of its wire home."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  wire identity export libvirt-desk.wire --to ~/.config/virtualwire/pki"})
    int export(
            @Parameters(paramLabel = "FILE", description = "The credentials.") Path file,
            @Option(names = "--to", required = true, paramLabel = "FOLDER", description = "Where to write them.")
                    Path folder,
            @Mixin Output output) {
        Credentials credentials = Credentials.load(file);
        new PkiFolder(folder).write(credentials);
        Instant until = credentials.certificate().getNotAfter().toInstant();
        output.print(
                new Issued(credentials.identity(), folder, until),
                out -> out.println("credentials of " + credentials.identity() + ", valid until " + until + ", are in "
                        + folder + ": keep them secret"));
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
        RevocationNews.Taken taken = new RevocationNews(home).takeBack(registrar(), name);
        Revoked revoked = taken.revoked();
        RevocationList list = revoked.lists().getLast();
        List<Told> told = taken.told();
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
