package io.virtualwire.testkit.fabric;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Strikes one step with one fault, the first time that the step is taken; without either it only writes down which steps there are.
 *
 * <p>So a scenario is run once to learn its steps, and then once for each of them and each fault.
 */
public final class Sabotage implements Interference {
    /** What a fault does to the world. */
    public interface Means {
        void crash(String daemon);

        void cut(String one, String other);

        void breakStream(String one, String other);
    }

    private final Means means;
    private final @Nullable Step victim;
    private final @Nullable Fault fault;
    private final Set<Step> seen = new LinkedHashSet<>();
    private final Set<Step> before = new HashSet<>();
    private boolean armed;
    private boolean struck;
    private boolean finished;
    private @Nullable Step replyToLose;

    private Sabotage(Means means, @Nullable Step victim, @Nullable Fault fault) {
        this.means = means;
        this.victim = victim;
        this.fault = fault;
    }

    /** Writes down what there is to strike. */
    public static Sabotage recorder(Means means) {
        return new Sabotage(means, null, null);
    }

    public static Sabotage of(Step victim, Fault fault, Means means) {
        return new Sabotage(means, victim, fault);
    }

    /** From now on steps count. */
    public void arm() {
        armed = true;
    }

    /** Whether the fault has happened. */
    public boolean hasStruck() {
        return struck;
    }

    /** The steps taken since {@link #arm}, in the order of their first time, without those of frames that went this way before. */
    public List<Step> steps() {
        return new ArrayList<>(seen);
    }

    @Override
    public Fate begins(Step step) {
        if (!armed) {
            before.add(step);
            return Fate.ARRIVES;
        }
        if (!isFrame(step) || !before.contains(step)) {
            seen.add(step);
        }
        if (losesAsReply(step)) {
            replyToLose = null;
            return Fate.LOST;
        }
        if (struck || fault == null || !step.equals(victim)) {
            return Fate.ARRIVES;
        }
        struck = true;
        return switch (fault) {
            case SENDER_CRASHES_BEFORE -> {
                means.crash(step.from());
                yield Fate.LOST;
            }
            case SENDER_CRASHES_AFTER -> {
                means.crash(step.from());
                yield Fate.ARRIVES;
            }
            case RECEIVER_CRASHES_BEFORE -> {
                means.crash(step.to());
                yield Fate.LOST;
            }
            case PARTITION_BEFORE -> {
                means.cut(step.from(), step.to());
                yield Fate.LOST;
            }
            case REQUEST_LOST -> {
                if (isTold(step)) {
                    means.breakStream(step.from(), step.to());
                }
                yield Fate.LOST;
            }
            case DUPLICATED -> Fate.ARRIVES_TWICE;
            case RECEIVER_CRASHES_AFTER, PARTITION_AFTER, REPLY_LOST -> Fate.ARRIVES;
        };
    }

    @Override
    public boolean done(Step step) {
        if (!struck || finished || fault == null || !step.equals(victim)) {
            return true;
        }
        finished = true;
        switch (fault) {
            case RECEIVER_CRASHES_AFTER -> {
                means.crash(step.to());
                return false;
            }
            case PARTITION_AFTER -> {
                means.cut(step.from(), step.to());
                return false;
            }
            case REPLY_LOST -> {
                if (isTold(step)) {
                    means.breakStream(step.from(), step.to());
                } else if (isDatagram(step)) {
                    replyToLose = new Step(step.kind() + "_ACK", step.to(), step.from());
                }
                return false;
            }
            default -> {
                return true;
            }
        }
    }

    private boolean losesAsReply(Step step) {
        return replyToLose != null
                && step.from().equals(replyToLose.from())
                && step.to().equals(replyToLose.to())
                && step.kind().equals(replyToLose.what());
    }

    /** Whether this step carries a frame of a guest. */
    public static boolean isFrame(Step step) {
        return step.kind().equals("FRAME") || step.kind().equals("RELAYED_FRAME");
    }

    /** Datagrams have capital names, messages of the control stream say "tell", everything else is a request of a person or a node. */
    private static boolean isDatagram(Step step) {
        return Character.isUpperCase(step.what().charAt(0));
    }

    private static boolean isTold(Step step) {
        return step.kind().equals("tell");
    }
}
