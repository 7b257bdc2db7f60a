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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration MARK = Duration.ofMillis(700);
    /** Who does not answer for this long may be of a release that cannot; the others' agreement is enough. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final LateLog<C, S> log;
    private final Opening<C, S> opening;
    private final VoterDisk disk;
    private final VoterDoor door;
    private final Thread thread;
    private final boolean joins;
    private volatile Roster roster;
    private volatile @Nullable RaftLog<C, S> raft;

    /**
     * Those that take part.
     *
     * @param voters each with the address of its log
     * @param doors where each can be asked about disks
     */
    public record Roster(List<Voter> voters, Map<String, InetSocketAddress> doors) {
        public Roster {
            voters = List.copyOf(voters);
            doors = Map.copyOf(doors);
        }

        Map<String, InetSocketAddress> doorsBut(String self) {
            Map<String, InetSocketAddress> others = new TreeMap<>(doors);
            others.remove(self);
            return others;
        }
    }

    /** How a {@link RaftLog} is opened. */
    private record Opening<C, S>(
            String fabric,
            String self,
            Path folder,
            StateMachine<C, S> machine,
            Function<S, Set<String>> members,
            LogSettings settings) {
        RaftLog<C, S> asVoter(Roster roster) {
            return RaftLog.open(fabric, self, roster.voters(), folder, machine, settings);
        }

        RaftLog<C, S> takenIn(Roster roster, Runnable before) {
            return RaftLog.join(fabric, self, roster.voters(), folder, machine, settings, before);
        }

        RaftLog<C, S> entering(Roster roster) {
            return RaftLog.enter(fabric, self, roster.voters(), folder, machine, settings);
        }
    }

    private VotingLog(Opening<C, S> opening, Roster roster, boolean joins) throws IOException {
        this.opening = opening;
        this.roster = roster;
        this.joins = joins;
        InetSocketAddress own = roster.doors().get(opening.self());
        this.log = new LateLog<>(opening.machine());
        this.disk = VoterDisk.open(opening.folder());
        if (joins && disk.standing() == VoterDisk.Standing.NEW) {
            // It must not wait for all to have met: they have.
            disk.become(VoterDisk.Standing.JOINING);
        }
        this.door = VoterDoor.open(own == null ? new InetSocketAddress(0) : own, disk);
        if (disk.standing() == VoterDisk.Standing.VOTER) {
            try {
                use(opening.asVoter(roster));
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
        return open(fabric, self, new Roster(voters, doors), folder, machine, state -> Set.of(), settings, false);
    }

    /**
     * The same, or takes part in the log of a fabric that runs already.
     *
     * @param roster those that begin the log together, or those that have it
     * @param members who takes part, by what was agreed on: whoever else votes will do so no more; none: that is not agreed on
     * @param joins whether this node's first disk joins a log, and does not begin one
     */
    public static <C, S> VotingLog<C, S> open(
            String fabric,
            String self,
            Roster roster,
            Path folder,
            StateMachine<C, S> machine,
            Function<S, Set<String>> members,
            LogSettings settings,
            boolean joins) {
        try {
            return new VotingLog<>(new Opening<>(fabric, self, folder, machine, members, settings), roster, joins);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot take part in the log of " + fabric + " as " + self + " at "
                            + roster.doors().get(self) + ": "
                            + e.getMessage(),
                    "See that no other process uses that address.",
                    e);
        }
    }

    /** From now on these take part, and are asked. */
    public void roster(Roster now) {
        roster = now;
    }

    /** Who votes, as this node knows it; empty as long as it takes no part. */
    public Set<String> voters() {
        RaftLog<C, S> open = raft;
        return open == null ? Set.of() : open.voters();
    }

    private void use(RaftLog<C, S> opened) {
        raft = opened;
        log.open(opened);
    }

    private void run() {
        try {
            if (disk.standing() != VoterDisk.Standing.VOTER) {
                use(admitted());
            }
            long met = meetAll(true) ? Long.MAX_VALUE : System.nanoTime();
            long before = 0;
            while (true) {
                Thread.sleep(MARK);
                // What was applied is on disk at the latest one period later.
                mark(before);
                before = log.current().index();
                RaftLog<C, S> open = raft;
                if (open != null) {
                    open.retain(opening.members());
                }
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
        String refused = "";
        while (true) {
            Map<String, Optional<VoterDoor.Answer>> answers = askAll();
            boolean lost = disk.standing() == VoterDisk.Standing.JOINING
                    || disk.standing() == VoterDisk.Standing.ENTERING
                    || answers.values().stream()
                            .flatMap(Optional::stream)
                            .anyMatch(answer -> !answer.disk().equals(disk.id()));
            if (!lost && answers.values().stream().allMatch(Optional::isPresent)) {
                disk.become(VoterDisk.Standing.VOTER);
                return opening.asVoter(roster);
            }
            boolean silent = System.nanoTime() - began > SILENCE.toNanos();
            if (lost || silent) {
                try {
                    return takenIn(lost);
                } catch (WireException notNow) {
                    String why = String.valueOf(notNow.getMessage());
                    log.waitsFor(why);
                    if (!why.equals(refused)) {
                        refused = why;
                        LOG.info("{} is not taken in yet: {}", opening.self(), why);
                    }
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
                ? (joins ? "it joins" : "its disk is not the one with which it voted before")
                        + ", so the other voters have to take it in"
                        + (joins ? "" : " anew")
                        + ": a majority without it is needed"
                : "its disk is new, and " + String.join(", ", missing)
                        + " did not say yet whether this node has voted before";
        log.waitsFor(why);
        LOG.warn("{} takes no part in the log of {} yet: {}", opening.self(), opening.fabric(), why);
    }

    /** The others agree to go on without this node, and then to have it; between the two its vote counts for nothing. */
    private RaftLog<C, S> takenIn(boolean lost) {
        RaftLog<C, S> joined = disk.standing() == VoterDisk.Standing.ENTERING
                ? opening.entering(roster)
                : opening.takenIn(roster, () -> clear(lost));
        try {
            disk.become(VoterDisk.Standing.VOTER);
        } catch (WireException e) {
            // Who tries again finds the folder locked by what still runs.
            joined.close();
            throw e;
        }
        LOG.info("{} votes in the log of {}{}", opening.self(), opening.fabric(), joins ? "" : " again");
        return joined;
    }

    private void clear(boolean lost) {
        if (joins) {
            LOG.info("{} joins the log of {}", opening.self(), opening.fabric());
        } else {
            LOG.warn(
                    "{} is taken in anew{}",
                    opening.self(),
                    lost ? ": its disk is not the one with which it voted before" : "");
        }
        disk.become(VoterDisk.Standing.JOINING);
        try {
            disk.clear();
        } catch (IOException e) {
            throw VoterDisk.damaged(opening.folder(), e);
        }
        meetAll(true);
        disk.become(VoterDisk.Standing.ENTERING);
    }

    private Map<String, Optional<VoterDoor.Answer>> askAll() {
        Map<String, Optional<VoterDoor.Answer>> answers = new TreeMap<>();
        roster.doorsBut(opening.self())
                .forEach(
                        (name, address) -> answers.put(name, VoterDoor.ask(address, opening.self(), disk.id(), false)));
        return answers;
    }

    private boolean meetAll(boolean takenIn) {
        boolean all = true;
        for (InetSocketAddress address : roster.doorsBut(opening.self()).values()) {
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
        try {
            // What it has opened and not handed on yet still has an address.
            thread.join(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
