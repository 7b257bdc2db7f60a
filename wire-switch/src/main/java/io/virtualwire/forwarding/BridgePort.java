package io.virtualwire.forwarding;

/** One port of a {@link Bridge}: its number, its name, and what is counted about it besides frames. */
final class BridgePort {
    final String name;
    final ForwardingDecision.Forward forward;
    private long misplaced;

    BridgePort(String name, int number) {
        this.name = name;
        forward = new ForwardingDecision.Forward(number);
    }

    /** A frame came from here whose source is, by a static entry, behind another port. */
    void misplacedSource() {
        misplaced++;
    }

    long misplacedSources() {
        return misplaced;
    }
}
