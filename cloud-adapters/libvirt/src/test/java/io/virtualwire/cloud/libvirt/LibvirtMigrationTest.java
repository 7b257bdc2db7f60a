package io.virtualwire.cloud.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.MachineMigration.Outcome;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import org.junit.jupiter.api.Test;

class LibvirtMigrationTest {
    private static final WireException REFUSED =
            new WireException(ErrorCode.SYSTEM, "qemu unexpectedly closed the monitor", "");

    @Test
    void whatWasCalledOffIsNoFailureWhateverItsEndIsCalled() {
        assertThat(LibvirtMigration.ended(true, REFUSED)).isEqualTo(new Outcome.Aborted());
    }

    @Test
    void whatNobodyCalledOffFailedForItsReason() {
        assertThat(LibvirtMigration.ended(false, REFUSED)).isEqualTo(new Outcome.Failed(REFUSED));
    }
}
