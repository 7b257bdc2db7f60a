package io.virtualwire.cli.command;

import io.virtualwire.authority.Registrar;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire init}. */
@Command(
        name = "init",
        description = "Make your own certificate authority and your credentials, once. Does nothing where they exist.")
public final class InitCommand implements Callable<Integer> {
    private static final String DEFAULT_TENANT = "home";

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description = "The name under which you and your daemons are known; default: " + DEFAULT_TENANT + ".")
    private Optional<String> tenant = Optional.empty();

    @Mixin
    private Output output = new Output();

    private record Result(String tenant, Path home, Path credentials, boolean created) {}

    @Override
    public Integer call() {
        WireHome home = WireHome.of(System.getenv());
        boolean exists = Files.exists(home.tenantFolder().resolve("ca.key"));
        TenantAuthority authority = exists
                ? home.authority(InstantSource.system())
                : home.createAuthority(tenant.orElse(DEFAULT_TENANT), InstantSource.system());
        if (!authority.tenant().equals(tenant.orElse(authority.tenant()))) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    "cannot make tenant " + tenant.get() + " in " + home.folder() + ": it is the home of tenant "
                            + authority.tenant(),
                    "set WIRE_HOME to another folder for another tenant");
        }
        boolean issue = !home.names().contains(Person.ADMIN);
        if (issue) {
            home.save(Registrar.of(home, InstantSource.system()).issue(Person.ADMIN, TenantAuthority.DEFAULT_VALIDITY));
        }
        boolean created = !exists || issue;
        output.print(
                new Result(authority.tenant(), home.folder(), home.credentialsFile(Person.ADMIN), created), out -> {
                    out.println((created
                                    ? "tenant " + authority.tenant() + " is ready in "
                                    : "tenant " + authority.tenant() + " is there already, in ")
                            + home.folder());
                    out.println("next, on this host:     wire connector run --name NAME");
                    out.println("for each further host:  wire identity issue NAME, and copy the file there");
                });
        return ExitCode.OK;
    }
}
