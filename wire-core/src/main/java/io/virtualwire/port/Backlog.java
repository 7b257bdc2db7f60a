package io.virtualwire.port;

/**
 * What a {@link Port}'s guest has not taken of the frames that were delivered to it: while it is suspended to be moved they
 * lie in a queue that nobody will read any more.
 *
 * <ol>
 *   <li>It is known only between {@link #begin} and {@link #end}, because knowing it costs something.
 *   <li>What is not sure counts as taken: a frame that is counted here was not, and never will be, unless the guest goes on
 *       there.
 *   <li>A guest takes frames in the order in which they were delivered.
 *   <li>Called on the loop that owns the data path.
 * </ol>
 */
public interface Backlog {
    /** Of a guest that has every frame when it is delivered, or of which nothing is known. */
    Backlog NONE = new Backlog() {
        @Override
        public void begin() {}

        @Override
        public void begin(long readAt, int most) {}

        @Override
        public int unread() {
            return 0;
        }

        @Override
        public int unreadForGood() {
            return 0;
        }

        @Override
        public int unsure() {
            return 0;
        }

        @Override
        public long readAt() {
            return 0;
        }

        @Override
        public void end() {}
    };

    /** It will be asked for. */
    void begin();

    /**
     * The same in a process that goes on where another had asked, before it delivers anything itself.
     *
     * @param readAt what {@link #readAt} said there
     * @param most how many of the frames that were delivered there may still be untaken; if it comes to more, nothing is known of them
     */
    void begin(long readAt, int most);

    /** How many of the frames that were delivered last, as {@link Port#deliver} answered, the guest has not taken. */
    int unread();

    /**
     * The same, asked again when a guest that goes on has had time enough to go on, and does so elsewhere: if none of what waited
     * was taken, the frame that was taken last was taken in vain, too.
     */
    int unreadForGood();

    /** How many frames more the guest may or may not have taken, as {@link #unreadForGood} found it. */
    int unsure();

    /** What the count of frames that were taken will have come to when the guest has taken all; it is the interface's, not this process's. */
    long readAt();

    /** It will not be asked for. */
    void end();
}
