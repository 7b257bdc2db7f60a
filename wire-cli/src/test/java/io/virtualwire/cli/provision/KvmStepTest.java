package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.cli.doctor.VirtualizationCheck;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostLayout;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.Services;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import io.virtualwire.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That KVM could not be tried is no reason to have no host; that the host is away is. */
class KvmStepTest {
    @TempDir
    private Path folder;

    @Test
    void aHostTooSlowToTellIsAHost() {
        Site site = site(ErrorCode.TIMEOUT);
        assertThat(new KvmStep(new VirtualizationCheck(Ticker.system())).take(site))
                .startsWith("not tried: ");
        assertThat(site.record().facts().kvm()).startsWith("not tried: ");
    }

    @Test
    void aHostThatIsAwayIsNone() {
        Site site = site(ErrorCode.UNAVAILABLE);
        KvmStep step = new KvmStep(new VirtualizationCheck(Ticker.system()));
        assertThatThrownBy(() -> step.take(site)).isInstanceOf(WireException.class);
    }

    private Site site(ErrorCode code) {
        Site site = new Site(
                new RememberedCloud(),
                new HostRecords(new WireHome(folder)),
                HostRecord.begun("one", "c", new HostRecord.Wanted(null, null, false, true)));
        site.opened(new Failing(code));
        return site;
    }

    /** A shell in which every command fails so. */
    private record Failing(ErrorCode code) implements HostShell {
        @Override
        public CommandResult run(Duration limit, List<String> command, byte[] input) {
            throw new WireException(code, "it did not end", "");
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
}
