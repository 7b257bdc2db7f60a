package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Hello;

/**
 * Which lanes there are between two daemons. If both know pairs, one for each pair of a sending and a receiving owner
 * thread, so that one thread alone counts on it and one alone keeps its replay window; else one, between the first of
 * both.
 *
 * <pre>
 *   lane = receiving thread · threads of the sender + sending thread       2 threads to 3: 0 1 | 2 3 | 4 5
 * </pre>
 *
 * <p>From a peer that does not know pairs each lane that it has announced is heard, all by the first thread.
 *
 * @param own how many owner threads this daemon has
 * @param peers how many lanes the peer has announced: its owner threads, if it knows pairs
 * @param paired whether both know pairs
 */
record LanePlan(int own, int peers, boolean paired) {
    /** The word in {@code hello} for it. */
    static final String FEATURE = "lane-pairs";

    /** Pairs of so many fit the lane's 8 bits. */
    static final int MOST_THREADS = 16;

    static LanePlan of(int own, Hello peer) {
        return new LanePlan(own, peer.lanes(), peer.features().contains(FEATURE) && peer.lanes() <= MOST_THREADS);
    }

    /** To how many of the peer's threads one of ours sends directly. */
    int channels(int thread) {
        return paired ? peers : thread == 0 ? 1 : 0;
    }

    /** The lane from a thread of ours to one of the peer's. */
    int lane(int thread, int channel) {
        return channel * own + thread;
    }

    /** How many of the peer's lanes end at one of our threads. */
    int heard(int thread) {
        return paired || thread == 0 ? peers : 0;
    }

    boolean isHeard(int lane) {
        return lane < (paired ? peers * own : peers);
    }

    /** Which thread of ours keeps the replay window of one of the peer's lanes. */
    int receiver(int lane) {
        return paired ? lane / peers : 0;
    }

    /** The place of one of the peer's lanes among those that end at the same thread. */
    int place(int lane) {
        return paired ? lane % peers : lane;
    }

    /** The channel back to where the lane at that place comes from. */
    int channel(int place) {
        return paired ? place : 0;
    }

    /** Which of the channels leads to the owner of this wire index. */
    int owner(int wireIndex, int channels) {
        return channels <= 1 ? 0 : Integer.remainderUnsigned(wireIndex, channels);
    }
}
