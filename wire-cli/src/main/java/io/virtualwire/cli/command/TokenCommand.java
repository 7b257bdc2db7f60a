package io.virtualwire.cli.command;

import io.virtualwire.authority.Registrar;
import io.virtualwire.authority.TokenStatus;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.identity.WireHome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire token …}. */
@Command(name = "token", description = "One-time tokens, by which hosts become members of your tenant.")
public final class TokenCommand {
    private record Created(Identity identity, String token, Instant expiresAt) {}

    private record Removed(String token, int count) {}

    @Command(
            name = "create",
            description = "Make a token for one daemon. It is shown once, and kept as a digest only.",
            footerHeading = "%nExamples:%n",
            footer = {"  wire token create --name hostb", "  wire token create --name node-west --ttl 15m"})
    int create(
            @Option(
                            names = "--name",
                            required = true,
                            paramLabel = "NAME",
                            description = "Who the daemon will be; for a node, node- and the node's name.")
                    String name,
            @Option(
                            names = "--ttl",
                            paramLabel = "TIME",
                            converter = DurationText.class,
                            description = "How long it may be used, as 15m or 1h; default: 1h.")
                    Optional<Duration> ttl,
            @Option(
                            names = "--authority",
                            paramLabel = "HOST[:PORT]",
                            description = "Where the authority's service is; default: where it was last run.")
                    Optional<String> authority,
            @Mixin Output output) {
        Registrar registrar = registrar();
        HostAddress service = authority
                .map(text -> HostAddress.parse(text, AuthorityClient.DEFAULT_PORT))
                .or(registrar::service)
                .orElseThrow(() -> new WireException(
                        ErrorCode.WRONG_STATE,
                        "cannot make a token for " + name + ": nobody said where your authority's service is",
                        "run 'wire authority run --address HOST' here, or give --authority HOST"));
        Duration life = ttl.orElse(Registrar.DEFAULT_TOKEN_LIFE);
        EnrolmentToken token = registrar.createToken(name, life, service);
        Instant until = InstantSource.system().instant().plus(life);
        output.print(new Created(token.identity(), token.text(), until), out -> {
            out.println(token.text());
            output.progress("for " + token.identity() + ", once, until " + until + "; on its host:");
            output.progress("  wire connector run --enrol TOKEN     or     wire node run --enrol TOKEN …");
        });
        return ExitCode.OK;
    }

    @Command(name = "ls", description = "List the tokens; not what they are, but for whom and whether they were used.")
    int list(@Mixin Output output) {
        List<TokenStatus> all = registrar().tokens();
        output.print(all, out -> {
            Table table = new Table("TOKEN", "NAME", "STATE", "EXPIRES", "USED");
            all.forEach(it -> table.row(
                    it.id(),
                    it.name(),
                    it.state(),
                    it.expiresAt(),
                    it.usedAt().map(Instant::toString).orElse("-")));
            table.print(out);
        });
        return ExitCode.OK;
    }

    @Command(name = "rm", description = "Forget a token; who has used it stays a member. Succeeds if there is none.")
    int remove(
            @Parameters(paramLabel = "TOKEN|NAME", description = "As 'wire token ls' shows it.") String token,
            @Mixin Output output) {
        int count = registrar().removeTokens(token);
        output.print(
                new Removed(token, count),
                out -> out.println(count == 0 ? "there is no token " + token : "forgot " + count + " of " + token));
        return ExitCode.OK;
    }

    private static Registrar registrar() {
        return Registrar.of(WireHome.of(System.getenv()), InstantSource.system());
    }
}
