package io.virtualwire.cloud.ec2.standin;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What goes wrong on purpose: refusals, answers that get lost, and news that take their time to be known everywhere. */
public final class Faults {
    private final List<Fault> faults = new ArrayList<>();
    private final Set<String> denied = new HashSet<>();
    private int lag;
    private int requests;

    /**
     * What happens to a request.
     *
     * @param status of HTTP; 0: the action is carried out and its answer lost
     * @param code as EC2 words it
     */
    public record Refusal(int status, String code, String message) {
        /** Carried out, but the connection ends before the answer. */
        public static final Refusal LOST_ANSWER = new Refusal(0, "", "");

        /** Too many requests. */
        public static final Refusal THROTTLED = new Refusal(503, "RequestLimitExceeded", "Request limit exceeded.");

        /** No machine of that size is free. */
        public static final Refusal NO_CAPACITY = new Refusal(
                500, "InsufficientInstanceCapacity", "We currently do not have sufficient capacity in this zone.");

        /** The account may not do it. */
        public static final Refusal DENIED =
                new Refusal(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");

        ApiError error() {
            return new ApiError(status, code, message);
        }
    }

    /** Refuses the next requests for an action. */
    public synchronized void next(String action, int times, Refusal refusal) {
        for (int i = 0; i < times; i++) {
            faults.add(new Fault(action, 0, refusal));
        }
    }

    /** Refuses the {@code number}-th request from now on, from 1. */
    public synchronized void request(int number, Refusal refusal) {
        faults.add(new Fault("", requests + number, refusal));
    }

    /** The account may not do this from now on. */
    public synchronized void deny(String action) {
        denied.add(action);
    }

    /** What is made from now on is not seen by that many requests which look for it. */
    public synchronized void lag(int reads) {
        lag = reads;
    }

    /** Nothing goes wrong any more. */
    public synchronized void clear() {
        faults.clear();
        denied.clear();
        lag = 0;
    }

    /** How many requests came so far. */
    public synchronized int requests() {
        return requests;
    }

    synchronized int lag() {
        return lag;
    }

    /** Counts a request, and tells what happens to it. */
    synchronized Optional<Refusal> of(String action) {
        requests++;
        if (denied.contains(action)) {
            return Optional.of(Refusal.DENIED);
        }
        for (Iterator<Fault> each = faults.iterator(); each.hasNext(); ) {
            Fault fault = each.next();
            if (fault.number == requests || fault.number == 0 && fault.action.equals(action)) {
                each.remove();
                return Optional.of(fault.refusal);
            }
        }
        return Optional.empty();
    }

    private record Fault(String action, int number, Refusal refusal) {}
}
