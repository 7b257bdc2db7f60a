package io.virtualwire.wire;

/**
 * The bounds of docs/wire-protocol.md on memory and time.
 *
 * @param patienceNanos how long a missing frame is waited for once its end marker is there
 * @param holdNanos how long frames of a new route wait for those of the old at most
 * @param holdBytes how many bytes a side holds at most
 * @param retryNanos how often HELLO, END and RELAYED_END are repeated
 * @param giveUpNanos for how long END and RELAYED_END are repeated
 * @param slowRetryNanos how often HELLO is repeated after that
 * @param reassemblyNanos how long a frame may be incomplete
 * @param reassemblyFrames how many frames of a leg may be incomplete at once
 * @param reassemblyBytes how many bytes those may take
 * @param recallNanos how old what a guest was given and has not read may be to be relayed
 * @param recallBytes how many bytes of that a side keeps at most
 * @param recallFrames how many frames
 * @param settleNanos how long a hypervisor whose guest has gone on elsewhere may take to read what it can
 * @param rememberedOffers how many offers without a record are remembered for each peer daemon
 * @param rememberedFences how many generations of disconnected sides are remembered
 */
record Bounds(
        long patienceNanos,
        long holdNanos,
        int holdBytes,
        long retryNanos,
        long giveUpNanos,
        long slowRetryNanos,
        long reassemblyNanos,
        int reassemblyFrames,
        int reassemblyBytes,
        long recallNanos,
        int recallBytes,
        int recallFrames,
        long settleNanos,
        int rememberedOffers,
        int rememberedFences) {

    private static final long MILLI = 1_000_000L;

    static final Bounds PROTOCOL = new Bounds(
            20 * MILLI,
            100 * MILLI,
            4 << 20,
            20 * MILLI,
            1_000 * MILLI,
            1_000 * MILLI,
            1_000 * MILLI,
            64,
            4 << 20,
            5_000 * MILLI,
            2 << 20,
            4_096,
            100 * MILLI,
            16_384,
            65_536);
}
