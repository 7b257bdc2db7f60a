package io.virtualwire.testkit.fabric;

import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Whoever asks daemons for something, one request after the other: repeats what was not answered, and when it crashes begins
 * again with the first.
 */
final class Caller {
    static final String NAME = "caller";
    private static final Duration REPEAT = Duration.ofMillis(150);
    private static final Duration LATE = Duration.ofMillis(300);

    private final VirtualFabric fabric;
    private final List<Request> requests = new ArrayList<>();
    private int next;
    private int life;
    private boolean up = true;

    /** @param until what has to hold before the next request is made */
    private record Request(String what, VirtualDaemon to, Runnable action, BooleanSupplier until) {}

    Caller(VirtualFabric fabric) {
        this.fabric = fabric;
    }

    Caller then(String what, VirtualDaemon to, Runnable action, BooleanSupplier until) {
        requests.add(new Request(what, to, action, until));
        return this;
    }

    Caller then(String what, VirtualDaemon to, Runnable action) {
        return then(what, to, action, () -> true);
    }

    boolean isDone() {
        return next == requests.size();
    }

    void start() {
        int mine = ++life;
        up = true;
        next = 0;
        fabric.at(Duration.ZERO, () -> go(mine));
    }

    void crash(Duration away) {
        life++;
        up = false;
        fabric.at(away, this::start);
    }

    private void go(int mine) {
        if (mine != life || isDone()) {
            return;
        }
        Request request = requests.get(next);
        Step step = new Step(request.what(), NAME, request.to().name());
        Interference.Fate fate = fabric.interference().begins(step);
        boolean answered = up
                && fate != Interference.Fate.LOST
                && request.to().isUp()
                && !request.to().isDying()
                && carryOut(request);
        if (answered && fate == Interference.Fate.ARRIVES_TWICE) {
            fabric.at(LATE, () -> carryOut(request));
        }
        if (answered && fabric.interference().done(step)) {
            await(mine, request);
        } else {
            fabric.at(REPEAT, () -> go(mine));
        }
    }

    private boolean carryOut(Request request) {
        if (!request.to().isUp()) {
            return false;
        }
        try {
            request.action().run();
        } catch (WireException refused) {
            fabric.note(request.what() + " was refused: " + refused.getMessage());
        }
        return true;
    }

    private void await(int mine, Request request) {
        if (mine != life) {
            return;
        }
        if (request.until().getAsBoolean()) {
            next++;
            fabric.at(Duration.ofMillis(1), () -> go(mine));
        } else {
            fabric.at(Duration.ofMillis(10), () -> await(mine, request));
        }
    }
}
