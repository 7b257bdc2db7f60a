package io.virtualwire.testkit.fabric;

/** Who may meddle with a step between two daemons: asked when it begins, and told when it was carried out. */
public interface Interference {
    /** What becomes of a step. */
    enum Fate {
        ARRIVES,
        LOST,
        ARRIVES_TWICE
    }

    Interference NONE = new Interference() {
        @Override
        public Fate begins(Step step) {
            return Fate.ARRIVES;
        }

        @Override
        public boolean done(Step step) {
            return true;
        }
    };

    /** The step is about to be taken. */
    Fate begins(Step step);

    /** The receiver has done what it was asked; false if the sender is not to hear of that. */
    boolean done(Step step);
}
