package io.virtualwire.testkit.fabric;

/** What may go wrong with one step between a sender and a receiver. */
public enum Fault {
    /** The sender's process is gone before the step leaves it. */
    SENDER_CRASHES_BEFORE,
    /** The sender's process is gone as soon as the step has left it. */
    SENDER_CRASHES_AFTER,
    /** The receiver's process is gone before the step reaches it. */
    RECEIVER_CRASHES_BEFORE,
    /** The receiver's process is gone as soon as it has carried the step out: nobody hears of it. */
    RECEIVER_CRASHES_AFTER,
    /** What is sent is lost; on a control stream the stream breaks with it. */
    REQUEST_LOST,
    /** The step is carried out, and what is answered is lost. */
    REPLY_LOST,
    /** Nothing passes between the two from before the step. */
    PARTITION_BEFORE,
    /** Nothing passes between the two from right after the step. */
    PARTITION_AFTER,
    /** The step is carried out twice, the second time late. */
    DUPLICATED;

    /** Whether a process is gone, and with it the frames that it held. */
    public boolean crashes() {
        return switch (this) {
            case SENDER_CRASHES_BEFORE, SENDER_CRASHES_AFTER, RECEIVER_CRASHES_BEFORE, RECEIVER_CRASHES_AFTER -> true;
            default -> false;
        };
    }

    /** Whether nothing passes between two daemons for a while. */
    public boolean cuts() {
        return this == PARTITION_BEFORE || this == PARTITION_AFTER;
    }
}
