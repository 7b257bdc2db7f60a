package io.virtualwire.cli.command;

import io.virtualwire.authority.AuthorityServer;
import io.virtualwire.authority.Registrar;
import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.HostAddress;
import io.virtualwire.identity.WireHome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire authority run}. */
@Command(
        name = "run",
        description = {
            "Run your authority's service until it is told to end, where you ran 'wire init'; prints a line when it is up.",
            "Wires and daemons go on without it; only enrolment, renewal and the news of revocations wait for it."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  wire authority run --address 192.0.2.1", "  wire authority run --address ca.example.net --life 8h"
        })
final class AuthorityRunCommand implements Callable<Integer> {
    @Option(
            names = "--address",
            required = true,
            paramLabel = "HOST[:PORT]",
            description = "Where daemons find it; they read that in their tokens and certificates.")
    private String address;

    @Option(names = "--listen", paramLabel = "ADDRESS", description = "The address to listen on; default: all.")
    private String listen = "0.0.0.0";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortNumber.class,
            description =
                    "The port to listen on, TCP; default: that of --address, which is 7491 if it says none. 0: any.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--life",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "How long the certificates hold that it issues, as 24h or 30m; default: 24h.")
    private Duration life = Registrar.DEFAULT_LIFE;

    @Mixin
    private Output output = new Output();

    private record Ready(String tenant, String service, int port) {}

    @Override
    public Integer call() throws Exception {
        InstantSource clock = InstantSource.system();
        Registrar registrar = Registrar.of(WireHome.of(System.getenv()), clock);
        HostAddress said = HostAddress.parse(address, AuthorityClient.DEFAULT_PORT);
        AuthorityServer server = AuthorityServer.start(registrar, life, listen, port.orElse(said.port()), clock);
        HostAddress service = port.equals(Optional.of(0)) ? new HostAddress(said.host(), server.port()) : said;
        registrar.serveAt(service);
        CountDownLatch ended = new CountDownLatch(1);
        Supervision supervision = Supervision.ofEnvironment();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            supervision.stopping("ending");
                            server.close();
                            ended.countDown();
                        },
                        "authority-end"));
        output.print(
                new Ready(registrar.tenant(), service.toString(), server.port()),
                out -> out.println("the authority of tenant " + registrar.tenant() + " answers at " + service
                        + "; next: wire token create --name NAME"));
        supervision.ready("answers at " + service, () -> {});
        ended.await();
        return ExitCode.OK;
    }
}
