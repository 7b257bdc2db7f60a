package io.virtualwire.cli.command;

import io.virtualwire.control.WireException;
import java.util.ArrayDeque;
import java.util.Deque;

/** The way back from what a command has done so far, the last step first. */
final class Undo {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    void push(Runnable step) {
        steps.push(step);
    }

    /** Takes every step, also when one of them fails: the reason to go back is what the person has to hear of. */
    void all() {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (WireException left) {
                // It stays; repeating the command finds it.
            }
        }
    }
}
