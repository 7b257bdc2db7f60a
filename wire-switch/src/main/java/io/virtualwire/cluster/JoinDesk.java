package io.virtualwire.cluster;

import io.virtualwire.control.Identity;

/** Where whoever is no peer yet can ask to be one, having proved who it is. */
public interface JoinDesk {
    /** Lets nobody ask. */
    JoinDesk CLOSED = new JoinDesk() {
        @Override
        public boolean hears(Identity asker) {
            return false;
        }

        @Override
        public String answer(Identity asker, String question) {
            return "";
        }
    };

    /** Whether such a one may ask at all: the others get no further than the handshake. */
    boolean hears(Identity asker);

    /**
     * Answers a question of one line with one line; may block, must not throw.
     *
     * @param question of any content
     */
    String answer(Identity asker, String question);
}
