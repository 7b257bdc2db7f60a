package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostLayout;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.Services;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A shell of which only commands are expected; each ends as the function says. */
record CommandShell(Function<List<String>, CommandResult> answer) implements HostShell {
    @Override
    public CommandResult run(Duration limit, List<String> command, byte[] input) {
        return answer.apply(command);
    }

    @Override
    public void put(String path, int mode, byte[] content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void put(String path, int mode, Path content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HostLayout layout() {
        return HostLayout.PACKAGED;
    }

    @Override
    public Services services() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
