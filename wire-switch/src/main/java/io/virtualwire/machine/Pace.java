package io.virtualwire.machine;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * When the next step of a machine's move may be taken: a look at two hypervisors costs them processor time, which the machine
 * itself could have had.
 *
 * <pre>
 *   step taken ── rest ──▶ due        woken: at once, but never before the calm is over
 *   the machine changes places ── calm ──▶ due
 * </pre>
 */
final class Pace {
    private final Map<String, Long> due = new HashMap<>();
    private final Map<String, Long> calm = new HashMap<>();

    boolean isDue(String vm, long now) {
        return isOver(due, vm, now) && isOver(calm, vm, now);
    }

    private static boolean isOver(Map<String, Long> times, String vm, long now) {
        Long until = times.get(vm);
        return until == null || now - until >= 0;
    }

    /** Nobody has to look at it again before that. */
    void rest(String vm, long now, Duration rest) {
        due.put(vm, now + rest.toNanos());
    }

    /** Something has become of it. */
    void wake(String vm) {
        due.remove(vm);
    }

    /** What is not its network can wait as long, whatever is told meanwhile. */
    void calm(String vm, long now, Duration duration) {
        calm.put(vm, now + duration.toNanos());
    }

    /** Nothing is known of others any more. */
    void only(Collection<String> vms) {
        due.keySet().retainAll(vms);
        calm.keySet().retainAll(vms);
    }
}
