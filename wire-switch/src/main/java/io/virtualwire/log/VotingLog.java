package io.virtualwire.log;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link RaftLog} that first makes sure that this node may vote: with the disk it always had, with its first one, or, after the
 * loss of one, taken in by the others as one that never voted.
 *
 * <p>A fabric begins when all its voters have met; afterwards a majority is enough.
 */
public final class VotingLog<C, S> implements FabricLog<C, S> {
    private static final Logger LOG = LoggerFactory.getLogger(VotingLog.class);
    private static final Duration ASK_AGAIN = Duration.ofMillis(300);
    private static final Duration SAY_AGAIN = Duration.ofSeconds(15);
    private static final Duration MARK = Duration.ofMillis(700);
    /** Who does not answer for this long may be of a release that cannot; the others' agreement is enough. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final LateLog<C, S> log;
    private final Opening<C, S> opening;
    private final VoterDisk disk;
    private final VoterDoor door;
    private final Map<String, InetSocketAddress> others;
    private final Thread thread;

    /** How a {@link RaftLog} is opened. */
    private record Opening<C, S>(
            String fabric,
            String self,
            List<Voter> voters,
            Path folder,
            StateMachine<C, S> machine,
            LogSettings settings) {
        RaftLog<C, S> asVoter() {
            return RaftLog.open(fabric, self, voters, folder, machine, settings);
        }

        RaftLog<C, S> takenIn(Runnable before) {
            return RaftLog.join(fabric, self, voters, folder, machine, settings, before);
        }
    }

    private VotingLog(Opening<C, S> opening, Map<String, InetSocketAddress> doors) throws IOException {
        this.opening = opening;
        this.others = new TreeMap<>(doors);
        InetSocketAddress own = others.remove(opening.self());
        this.log = new LateLog<>(opening.machine());
        this.disk = VoterDisk.open(opening.folder());
        this.door = VoterDoor.open(own == null ? new InetSocketAddress(0) : own, disk);
        if (disk.standing() == VoterDisk.Standing.VOTER) {
            try {
                log.open(opening.asVoter());
            } catch (RuntimeException e) {
                door.close();
                throw e;
            }
        }
        log.onChange(applied -> {
            if (applied.index() >= 0) {
                disk.begin();
            }
        });
        this.thread = Thread.ofVirtual().name("log-admission").start(this::run);
    }

    /**
     * Takes part in a fabric's log as soon as it is safe; what is asked before that is refused.
     *
     * @param doors where each voter can be asked about disks, this one included
     * @param folder where this node keeps its copy; must outlive restarts
     */
    public static <C, S> VotingLog<C, S> open(
            String fabric,
            String self,
            List<Voter> voters,
            Map<String, InetSocketAddress> doors,
            Path folder,
            StateMachine<C, S> machine,
            LogSettings settings) {
        try {
            return new VotingLog<>(new Opening<>(fabric, self, voters, folder, machine, settings), doors);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot take part in the log of " + fabric + " as " + self + " at " + doors.get(self) + ": "
                            + e.getMessage(),
                    "See that no other process uses that address.",
                    e);
        }
    }

    private void run() {
        try {
            if (disk.standing() != VoterDisk.Standing.VOTER) {
                log.open(admitted());
            }
            long met = meetAll(true) ? Long.MAX_VALUE : System.nanoTime();
            long before = 0;
            while (true) {
                Thread.sleep(MARK);
                // What was applied is on disk at the latest one period later.
                mark(before);
                before = log.current().index();
                // Those of an earlier release, and those that were away, hear of this disk when they can.
                if (met != Long.MAX_VALUE && System.nanoTime() - met > SAY_AGAIN.toNanos()) {
                    met = meetAll(true) ? Long.MAX_VALUE : System.nanoTime();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.waitsFor(String.valueOf(e.getMessage()));
            LOG.error("This node cannot take part in the log of {}", opening.fabric(), e);
        }
    }

    private void mark(long index) {
        try {
            disk.reached(index);
        } catch (WireException notNow) {
            // A full disk has louder witnesses; the next mark covers this one.
            LOG.debug("Cannot mark entry {} as reached", index, notNow);
        }
    }

    private RaftLog<C, S> admitted() throws InterruptedException {
        long began = System.nanoTime();
        long said = began - SAY_AGAIN.toNanos();
        while (true) {
            Map<String, Optional<VoterDoor.Answer>> answers = askAll();
            boolean lost = disk.standing() == VoterDisk.Standing.JOINING
                    || answers.values().stream()
                            .flatMap(Optional::stream)
                            .anyMatch(answer -> !answer.disk().equals(disk.id()));
            if (!lost && answers.values().stream().allMatch(Optional::isPresent)) {
                disk.become(VoterDisk.Standing.VOTER);
                return opening.asVoter();
            }
            boolean silent = System.nanoTime() - began > SILENCE.toNanos();
            if (lost || silent) {
                try {
                    return takenIn(lost);
                } catch (WireException notNow) {
                    log.waitsFor(String.valueOf(notNow.getMessage()));
                    LOG.info("{} is not taken in yet: {}", opening.self(), notNow.getMessage());
                }
            }
            if (System.nanoTime() - said > SAY_AGAIN.toNanos()) {
                said = System.nanoTime();
                say(answers, lost);
            }
            Thread.sleep(ASK_AGAIN);
        }
    }

    private void say(Map<String, Optional<VoterDoor.Answer>> answers, boolean lost) {
        List<String> missing = new ArrayList<>();
        answers.forEach((name, answer) -> {
            if (answer.isEmpty()) {
                missing.add(name);
            }
        });
        String why = lost
                ? "its disk is not the one with which it voted before, so the other voters have to take it in anew: "
                        + "a majority without it is needed"
                : "its disk is new, and " + String.join(", ", missing)
                        + " did not say yet whether this node has voted before";
        log.waitsFor(why);
        LOG.warn("{} takes no part in the log of {} yet: {}", opening.self(), opening.fabric(), why);
    }

    /** The others agree to go on without this node, and then to have it; between the two its vote counts for nothing. */
    private RaftLog<C, S> takenIn(boolean lost) {
        RaftLog<C, S> joined = opening.takenIn(() -> {
            LOG.warn(
                    "{} is taken in anew{}",
                    opening.self(),
                    lost ? ": its disk is not the one with which it voted before" : "");
            disk.become(VoterDisk.Standing.JOINING);
            try {
                disk.clear();
            } catch (IOException e) {
                throw VoterDisk.damaged(opening.folder(), e);
            }
            meetAll(true);
        });
        disk.become(VoterDisk.Standing.VOTER);
        LOG.info("{} votes in the log of {} again", opening.self(), opening.fabric());
        return joined;
    }

    private Map<String, Optional<VoterDoor.Answer>> askAll() {
        Map<String, Optional<VoterDoor.Answer>> answers = new TreeMap<>();
        others.forEach((name, address) -> answers.put(name, VoterDoor.ask(address, opening.self(), disk.id(), false)));
        return answers;
    }

    private boolean meetAll(boolean takenIn) {
        boolean all = true;
        for (InetSocketAddress address : others.values()) {
            all &= VoterDoor.ask(address, opening.self(), disk.id(), takenIn).isPresent();
        }
        return all;
    }

    @Override
    public CompletableFuture<Applied<S>> append(C command) {
        return log.append(command);
    }

    @Override
    public Applied<S> current() {
        return log.current();
    }

    @Override
    public CompletableFuture<Applied<S>> latest() {
        return log.latest();
    }

    @Override
    public Registration onChange(Consumer<Applied<S>> listener) {
        return log.onChange(listener);
    }

    @Override
    public boolean isLeader() {
        return log.isLeader();
    }

    @Override
    public void close() {
        thread.interrupt();
        door.close();
        log.close();
    }
}
