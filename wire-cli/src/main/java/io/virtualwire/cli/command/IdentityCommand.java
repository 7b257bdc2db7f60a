package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
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
@Command(name = "identity", description = "Credentials of daemons and persons.")
public final class IdentityCommand {
    private final WireHome home = WireHome.of(System.getenv());

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
        TenantAuthority authority = home.authority(InstantSource.system());
        Credentials credentials = authority.issue(name, Duration.ofDays(days));
        Path file = out == null ? Path.of(name + ".wire") : out;
        credentials.save(file);
        Instant until = credentials.certificate().getNotAfter().toInstant();
        output.print(new Issued(credentials.identity(), file, until), print -> {
            print.println("credentials of " + credentials.identity() + ", valid until " + until + ": " + file);
            print.println("keep it secret; on its host: wire connector run --identity " + file.getFileName());
        });
        return ExitCode.OK;
    }

    @Command(name = "ls", description = "List the credentials in your wire home.")
    int list(@Mixin Output output) {
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
}
