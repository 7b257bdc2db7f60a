package io.virtualwire.wire;

import io.virtualwire.frame.FinishOffloads;
import io.virtualwire.frame.VirtioFault;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.Port;
import org.jspecify.annotations.Nullable;

/**
 * Gives a port that takes no UDP super-frames the datagrams that such a frame consists of, each on its own: so the guest's backlog,
 * which is counted in what the guest reads, and the copies that are kept for it agree. Owner thread only.
 */
final class Cutter implements FinishOffloads.Output {
    private final FinishOffloads finish = new FinishOffloads();
    private @Nullable Port port;
    private @Nullable Recall recall;
    private @Nullable Peer sender;
    private long number;

    void deliver(Port to, Recall copies, Peer from, long frameNumber, byte[] bytes, int offset, int length) {
        port = to;
        recall = copies;
        sender = from;
        number = frameNumber;
        if (finish.finish(bytes, offset, length, this) != VirtioFault.NONE) {
            to.counters().dropped(DropReason.BAD_VIRTIO_HEADER);
        }
        port = null;
        recall = null;
        sender = null;
    }

    @Override
    public void frame(byte[] bytes, int offset, int length) {
        if (port != null && recall != null && sender != null) {
            recall.given(sender, number, bytes, offset, length, port.deliver(bytes, offset, length));
        }
    }
}
