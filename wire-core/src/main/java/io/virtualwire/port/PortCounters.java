package io.virtualwire.port;

/**
 * What a {@link Port} has passed and dropped.
 *
 * <p>Directions are the data path's: <em>ingress</em> comes from the guest, <em>egress</em> goes to it. Bytes are Ethernet
 * bytes, without the virtio-net header. Written by the owner thread only, without synchronisation; another thread that
 * reads sees recent values.
 */
public final class PortCounters {
    private final DropTally drops = new DropTally();
    private long ingressFrames;
    private long ingressBytes;
    private long egressFrames;
    private long egressBytes;

    public void ingress(int bytes) {
        ingressFrames++;
        ingressBytes += bytes;
    }

    /** So many frames that became one, of so many bytes. */
    public void ingress(int bytes, int frames) {
        ingressFrames += frames;
        ingressBytes += bytes;
    }

    public void egress(int bytes) {
        egressFrames++;
        egressBytes += bytes;
    }

    public void dropped(DropReason reason) {
        drops.add(reason);
    }

    public long ingressFrames() {
        return ingressFrames;
    }

    public long ingressBytes() {
        return ingressBytes;
    }

    public long egressFrames() {
        return egressFrames;
    }

    public long egressBytes() {
        return egressBytes;
    }

    public DropTally drops() {
        return drops;
    }
}
