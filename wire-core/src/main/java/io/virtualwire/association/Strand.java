package io.virtualwire.association;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one owner thread has of a session: the lanes on which it sends, and those that it hears. That thread only. */
final class Strand implements AutoCloseable {
    private final Session session;
    private final int thread;
    private final SendLane[] sendLanes;
    private final ReceiveLane[] receiveLanes;
    private @Nullable LaneSet lanes;
    private long heardAt;

    Strand(Session session, int thread, Sealing sealing, SessionKeys keys, Allowance allowance) {
        this.session = session;
        this.thread = thread;
        this.heardAt = session.installedAt();
        LanePlan plan = session.plan();
        this.sendLanes = new SendLane[plan.channels(thread)];
        for (int channel = 0; channel < sendLanes.length; channel++) {
            sendLanes[channel] = new SendLane(
                    plan.lane(thread, channel),
                    session.peerIndex(),
                    sealing.sealing(keys.dataKey(session.dialled())),
                    new HeaderTag(keys.headerKey(session.dialled())),
                    allowance);
        }
        this.receiveLanes = new ReceiveLane[plan.heard(thread)];
        for (int place = 0; place < receiveLanes.length; place++) {
            receiveLanes[place] = new ReceiveLane(
                    sealing.opening(keys.dataKey(!session.dialled())),
                    new HeaderTag(keys.headerKey(!session.dialled())));
        }
    }

    void restore(Iterator<Long> sent, Iterator<AssociationsImage.WindowImage> windows) {
        for (SendLane lane : sendLanes) {
            lane.goOnAfter(sent.next());
        }
        for (ReceiveLane lane : receiveLanes) {
            lane.restore(windows.next());
        }
    }

    Stream<Long> sentByLane() {
        return Arrays.stream(sendLanes).map(SendLane::sent);
    }

    Stream<AssociationsImage.WindowImage> windows() {
        return Arrays.stream(receiveLanes).map(ReceiveLane::image);
    }

    Session session() {
        return session;
    }

    int thread() {
        return thread;
    }

    void belongsTo(LaneSet set) {
        lanes = set;
    }

    LaneSet lanes() {
        if (lanes == null) {
            throw new IllegalStateException("session " + session.index() + " was not installed");
        }
        return lanes;
    }

    /** Those of this thread, if it has taken the strand up by now; for who only looks. */
    @Nullable
    LaneSet lanesIfAny() {
        return lanes;
    }

    int channels() {
        return sendLanes.length;
    }

    SendLane sendLane(int channel) {
        return sendLanes[channel];
    }

    ReceiveLane receiveLane(int place) {
        return receiveLanes[place];
    }

    /** The lane from where the channel leads to; without pairs all of the peer's end at the first thread, and its first one stands for them. */
    ReceiveLane laneBack(int channel) {
        return receiveLanes[channel < receiveLanes.length ? channel : 0];
    }

    void heard(long now) {
        heardAt = now;
    }

    /** When something authentic came last; read by the first thread, too, which may see it a moment later. */
    long heardAt() {
        return heardAt;
    }

    long sent() {
        long sum = 0;
        for (SendLane lane : sendLanes) {
            sum += lane.sent();
        }
        return sum;
    }

    long received() {
        long sum = 0;
        for (ReceiveLane lane : receiveLanes) {
            sum += lane.received();
        }
        return sum;
    }

    /** How many counters the peer has used up on the lanes that end here. */
    long countersSeen() {
        long sum = 0;
        for (ReceiveLane lane : receiveLanes) {
            sum += lane.highest() + 1;
        }
        return sum;
    }

    @Override
    public void close() {
        for (SendLane lane : sendLanes) {
            lane.close();
        }
        for (ReceiveLane lane : receiveLanes) {
            lane.close();
        }
    }
}
