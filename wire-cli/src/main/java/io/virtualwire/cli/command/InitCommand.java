package io.virtualwire.cli.command;

import io.virtualwire.cli.output.Output;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire init}. */
@Command(
        name = "init",
        description = "Make your own certificate authority and your credentials, once. Does nothing where they exist.")
public final class InitCommand implements Callable<Integer> {
    @Option(
            names = "--tenant",
            defaultValue = "home",
            description = "The name under which you and your daemons are known; default: ${DEFAULT-VALUE}.")
    private String tenant = "home";

    @Mixin
    private Output output = new Output();

    private record Result(String tenant, Path home, Path credentials, boolean created) {}

    @Override
    public Integer call() {
        WireHome home = WireHome.of(System.getenv());
        boolean exists = Files.exists(home.tenantFolder().resolve("ca.key"));
        TenantAuthority authority =
                exists ? home.authority(InstantSource.system()) : home.createAuthority(tenant, InstantSource.system());
        boolean issue = !home.names().contains(Person.ADMIN);
        if (issue) {
            home.save(authority.issue(Person.ADMIN));
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
        return 0;
    }
}
