package io.virtualwire.machine;

import io.virtualwire.cloud.spi.MachineMigration;
import io.virtualwire.topology.VmMove;

/** Who is told how far a move is; from any thread, must not block. */
public interface MoveObserver {

    /** Memory has been copied. */
    void progress(VmMove move, MachineMigration.Progress progress);
}
