package io.virtualwire.authority;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.virtualwire.client.HostAddress;
import io.virtualwire.identity.WireHome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.LoggerFactory;

/** The authority's service in a process of its own, which may be told to die between writing and answering. */
final class AuthorityProcess {
    private AuthorityProcess() {}

    /** Takes the wire home, the port, and whether to die. */
    public static void main(String[] arguments) {
        WireHome home = new WireHome(Path.of(arguments[0]));
        Registrar registrar = Registrar.of(home, InstantSource.system());
        if (Boolean.parseBoolean(arguments[2])) {
            dieWhenEnrolled();
        }
        AuthorityServer server = AuthorityServer.start(
                registrar, Duration.ofHours(24), "127.0.0.1", Integer.parseInt(arguments[1]), InstantSource.system());
        registrar.serveAt(new HostAddress("127.0.0.1", server.port()));
        System.out.println("port " + server.port());
    }

    /** What is logged then is logged when the register is on disk, and nothing has been answered. */
    private static void dieWhenEnrolled() {
        AppenderBase<ILoggingEvent> death = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getMessage().startsWith("enrolled")) {
                    Runtime.getRuntime().halt(137);
                }
            }
        };
        death.start();
        ((Logger) LoggerFactory.getLogger(AuthorityServer.class)).addAppender(death);
    }
}
