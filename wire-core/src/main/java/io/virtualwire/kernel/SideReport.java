package io.virtualwire.kernel;

/**
 * What the kernel knows of a side.
 *
 * @param sentFrames a super-frame counts as one
 * @param mutedFrames from the guest, while the side might not speak
 * @param forgedFrames with a VNI of this side, from a host that was not given it
 */
public record SideReport(
        SideState state,
        long sentFrames,
        long sentBytes,
        long receivedFrames,
        long receivedBytes,
        long mutedFrames,
        long forgedFrames) {}
