package io.virtualwire.cli.command;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.identity.WireHome;
import io.virtualwire.time.Ticker;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Who asks, and whom: the wire home, the credentials and the hosts of the one who types; a mixin of commands that ask. */
final class Person {
    /** The name of the credentials that {@code wire init} makes for the person. */
    static final String ADMIN = "admin";

    private static final String IDENTITY = "--identity";
    private static final String FILE = "FILE";
    private static final String WHICH =
            "Credentials to ask with; default: admin.wire of the wire home, or the only ones there.";

    @Option(names = IDENTITY, paramLabel = FILE, description = WHICH)
    private @Nullable Path identity;

    private final WireHome home = WireHome.of(System.getenv());

    /** The same option for a command that describes itself. */
    OptionSpec option() {
        return OptionSpec.builder(IDENTITY)
                .type(Path.class)
                .paramLabel(FILE)
                .description(WHICH)
                .setter(new ISetter() {
                    @Override
                    public <T> @Nullable T set(@Nullable T file) {
                        identity = (Path) file;
                        return null;
                    }
                })
                .build();
    }

    /** Where the wire home keeps the lists of those that are believed no more. */
    static Path revocations(WireHome home) {
        return home.folder().resolve("revocations");
    }

    WireHome home() {
        return home;
    }

    HostBook hosts() {
        return new HostBook(home);
    }

    Credentials credentials() {
        if (identity != null) {
            return Credentials.load(identity);
        }
        List<String> names = home.names();
        if (names.contains(ADMIN)) {
            return home.credentials(ADMIN);
        }
        if (names.size() == 1) {
            return home.credentials(names.getFirst());
        }
        throw new WireException(
                ErrorCode.UNAUTHENTICATED,
                names.isEmpty()
                        ? "there are no credentials in " + home.folder()
                        : "there are several credentials in " + home.folder() + ": " + String.join(", ", names),
                names.isEmpty()
                        ? "run 'wire init' once, or name a file with --identity FILE"
                        : "choose one with --identity FILE");
    }

    TlsContexts tls() {
        return new TlsContexts(new OwnIdentity(
                credentials(), Revocations.in(revocations(home)), InstantSource.system(), Ticker.system()));
    }

    /** Asks the connector of this host. */
    ConnectorClient connector(String host) {
        return new ConnectorClient(tls(), hosts().find(host), Optional.empty());
    }
}
