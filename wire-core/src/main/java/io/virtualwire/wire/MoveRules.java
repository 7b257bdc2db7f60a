package io.virtualwire.wire;

/**
 * Which of the rules that make a move safe an engine keeps.
 *
 * <p>Every daemon runs with {@link #ALL}. The others exist so that a test can break one rule and prove that its checker
 * notices.
 *
 * @param hold frames of a new route wait for those of the old
 * @param relay what still arrives at a yielded side is relayed
 * @param mute a yielded or superseded side sends nothing
 * @param fence a fence shuts lower generations out
 */
public record MoveRules(boolean hold, boolean relay, boolean mute, boolean fence) {
    public static final MoveRules ALL = new MoveRules(true, true, true, true);
}
