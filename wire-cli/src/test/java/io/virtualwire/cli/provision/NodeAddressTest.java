package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostLayout;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostService;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.LocalCommand;
import io.virtualwire.cloud.spi.Services;
import io.virtualwire.identity.WireHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a node whose host has another address, and the node that has to read it. */
final class NodeAddressTest {
    @TempDir
    Path folder;

    private final RememberedCloud cloud = new RememberedCloud();
    private final List<String> restarted = new ArrayList<>();
    private boolean killed;
    private Path file;
    private NodeAddress node;
    private AddressChange change;

    /** Ends a run as {@code kill -9} does. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @BeforeEach
    void begin() throws IOException {
        CloudBook clouds = new CloudBook(new WireHome(folder.resolve("home")), new CloudTypes(List.of(cloud)));
        clouds.add("c", new CloudEntry("remembered", Map.of()));
        node = new NodeAddress(clouds, new OwnCommand(Optional.of(Path.of("/usr/bin/wire"))));
        cloud.launch(HostOrder.of("one"));
        cloud.shell("one", new Shell());
        file = folder.resolve("etc/node.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file, DaemonConfiguration.MARK + "name: one\npeers: [\"one=192.0.2.1\", \"two=192.0.2.11\"]\n");
        change = new AddressChange(
                HostRecord.begun("one", "c", new HostRecord.Wanted(null, null, true, false)), "192.0.2.1", "192.0.2.7");
    }

    @Test
    void itNamesTheNewAddressAndIsReadOnce() {
        node.follow(change);
        assertThat(file).content().contains("one=192.0.2.7", "two=192.0.2.11");
        assertThat(restarted).containsExactly("virtualwire-node");
        node.follow(change);
        assertThat(restarted).as("read already").hasSize(1);
    }

    @Test
    void whoIsKilledBeforeItIsReadHasItReadTheNextTime() {
        killed = true;
        assertThatThrownBy(() -> node.follow(change)).isInstanceOf(Killed.class);
        assertThat(file).content().contains("one=192.0.2.7");
        killed = false;
        node.follow(change);
        assertThat(restarted).containsExactly("virtualwire-node");
        node.follow(change);
        assertThat(restarted).hasSize(1);
    }

    @Test
    void aFileOfSomebodysOwnIsLeftAlone() throws IOException {
        Files.writeString(file, "name: one\npeers: [\"one=192.0.2.1\"]\n");
        node.follow(change);
        assertThat(file).content().contains("one=192.0.2.1\"");
        assertThat(restarted).isEmpty();
    }

    private final class Shell implements HostShell {
        @Override
        public CommandResult run(Duration limit, List<String> command, byte[] input) {
            return new LocalCommand(command).run(limit, input);
        }

        @Override
        public void put(String path, int mode, byte[] content) {
            try {
                Files.write(Path.of(path), content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void put(String path, int mode, Path content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public HostLayout layout() {
            return new HostLayout(
                    true,
                    folder.resolve("etc").toString(),
                    folder.resolve("state").toString());
        }

        @Override
        public Services services() {
            return new Services() {
                @Override
                public void start(HostService service) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void restart(HostService service) {
                    if (killed) {
                        throw new Killed();
                    }
                    restarted.add(service.unit());
                }

                @Override
                public void stop(String unit) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public boolean running(String unit) {
                    return true;
                }

                @Override
                public String log(String unit, int lines) {
                    return "";
                }
            };
        }

        @Override
        public void close() {
            // Nothing is held open.
        }
    }
}
