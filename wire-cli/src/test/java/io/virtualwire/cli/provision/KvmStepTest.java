package io.virtualwire.cli.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.cli.doctor.VirtualizationCheck;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import io.virtualwire.time.Ticker;
import java.nio.file.Path;
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
        site.opened(new CommandShell(command -> {
            throw new WireException(code, "it did not end", "");
        }));
        return site;
    }
}
