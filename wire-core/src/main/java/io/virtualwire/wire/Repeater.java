package io.virtualwire.wire;

/** When something that is not answered yet is said again: often at first, then seldom or no more. */
final class Repeater {
    private final long interval;
    private final long often;
    /** The interval after {@link #often}; 0 to give up then. */
    private final long seldom;

    private boolean on;
    private boolean gaveUp;
    private long since;
    private long next;

    Repeater(long interval, long often, long seldom) {
        this.interval = interval;
        this.often = often;
        this.seldom = seldom;
    }

    /** Begins (again); the first time is now. */
    void start(long now) {
        on = true;
        gaveUp = false;
        since = now;
        next = now;
    }

    EngineImage.Repeated image(long now) {
        return new EngineImage.Repeated(on, gaveUp, now - since, now - next);
    }

    void restore(EngineImage.Repeated image, long now) {
        on = image.on();
        gaveUp = image.gaveUp();
        since = now - image.since();
        next = now - image.next();
    }

    /** It was answered, or is not needed any more. */
    void stop() {
        on = false;
    }

    boolean isOn() {
        return on;
    }

    boolean gaveUp() {
        return gaveUp;
    }

    /** When {@link #due} will be true next; meaningful while on. */
    long next() {
        return next;
    }

    /** Whether it is to be said now; if so, the next time is set. */
    boolean due(long now) {
        if (!on || now - next < 0) {
            return false;
        }
        if (now - since < often) {
            next = now + interval;
        } else if (seldom > 0) {
            next = now + seldom;
        } else {
            on = false;
            gaveUp = true;
            return false;
        }
        return true;
    }
}
