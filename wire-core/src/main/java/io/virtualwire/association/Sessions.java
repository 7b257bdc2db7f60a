package io.virtualwire.association;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sessions with one peer, and which of them is sent on.
 *
 * <p>The newest that is ready is, with one exception: when both daemons dialled at once, both choose the one that the
 * smaller identity dialled, in whichever order the two become ready (docs/wire-protocol.md section 3.3).
 */
final class Sessions {
    private final boolean weAreSmaller;
    private final List<Session> all = new ArrayList<>();
    private @Nullable Session current;

    Sessions(boolean weAreSmaller) {
        this.weAreSmaller = weAreSmaller;
    }

    /** The one to send on. */
    @Nullable
    Session current() {
        return current;
    }

    List<Session> all() {
        return all;
    }

    int currentPlace() {
        return current == null ? -1 : all.indexOf(current);
    }

    /** @param place where the one to send on stands among all; -1 if none is */
    void restore(List<Session> sessions, int place) {
        all.addAll(sessions);
        current = place < 0 ? null : sessions.get(place);
    }

    void install(Session session) {
        all.add(session);
    }

    /**
     * The peer is ready to receive on {@code session}.
     *
     * @return whether it is now the one to send on
     */
    boolean becameReady(Session session, long now) {
        session.becomeReady();
        if (current != null && !isPreferred(session, current)) {
            session.supersede(now);
            return false;
        }
        if (current != null) {
            current.supersede(now);
        }
        current = session;
        return true;
    }

    /**
     * Forgets a session.
     *
     * @return whether it was the one to send on; the newest ready one, if any, is now
     */
    boolean remove(Session session) {
        all.remove(session);
        if (session != current) {
            return false;
        }
        current = null;
        for (Session other : all) {
            current = other.ready() ? other : current;
        }
        return true;
    }

    boolean any(Predicate<Session> condition) {
        for (Session session : all) {
            if (condition.test(session)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a dial of the peer is to be refused, because ours has led to a session that is to be kept. */
    boolean isDuplicate(UUID instance, boolean rekey) {
        return weAreSmaller
                && !rekey
                && any(session -> session.dialled()
                        && session.stream().isOpen()
                        && session.instance().equals(instance));
    }

    private boolean isPreferred(Session session, Session to) {
        boolean simultaneous = to.instance().equals(session.instance())
                && !session.rekey()
                && to.stream().isOpen();
        return !simultaneous || !dialledBySmaller(to) || dialledBySmaller(session);
    }

    private boolean dialledBySmaller(Session session) {
        return session.dialled() == weAreSmaller;
    }
}
