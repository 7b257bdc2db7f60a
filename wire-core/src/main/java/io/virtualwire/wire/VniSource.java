package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;

/** Says by which number this host's kernel would hear a far end, where frames may go past this process. Safe for every thread. */
@FunctionalInterface
public interface VniSource {
    /** Every frame passes this process. */
    VniSource NONE = (wire, side, generation, peerGeneration) -> 0;

    /** 1 to 2^24 − 1; 0 if this leg's frames are to pass this process. */
    int vni(WireId wire, Side side, Generation generation, Generation peerGeneration);
}
