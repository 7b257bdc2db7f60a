package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One line of a virtual machine's migration; the last one has a result or an error.
 *
 * @param step {@code chosen} if a cloud was named; the phase that has begun: {@code prepare}, {@code move}, {@code activate}, {@code drain}, {@code clean-up};
 *     {@code copying} with progress; {@code done} or {@code failed} at the end
 * @param node the one that drives it; the host that was chosen
 * @param detail why that host was chosen; otherwise empty
 * @param millis since the migration was asked for, by the clock of the node that was asked
 */
public record VmMigrationStep(
        String step,
        String node,
        String detail,
        double millis,
        Optional<Progress> progress,
        Optional<Result> result,
        Optional<ErrorBody> error) {
    /** A node of an earlier release leaves out what it does not have. */
    public VmMigrationStep {
        detail = detail == null ? "" : detail;
    }

    /**
     * How far the hypervisors are.
     *
     * @param totalBytes of memory and disks
     * @param remainingBytes to be copied yet
     * @param copiedBytes so far, again what was copied again
     * @param bytesPerSecond copied, since the line before
     * @param dirtyBytesPerSecond written anew by the guest meanwhile, so that it has to be copied again
     */
    public record Progress(
            long totalBytes, long remainingBytes, long copiedBytes, long bytesPerSecond, long dirtyBytesPerSecond) {}

    /**
     * How it went.
     *
     * @param generation of the machine's sides at its new place
     * @param movedMillis until it ran there with its network
     * @param totalMillis until nothing was left at its old place
     * @param phases when each phase was taken up, in milliseconds by the clock of the node that drove it
     * @param hypervisorDowntimeMillis how long the guest did not run, as the hypervisors measured it
     * @param activatedBy what made its sides active at the new place: {@code rarp}, the guest's announcement; {@code resume}, the
     *     hypervisor's event; {@code command}; {@code peer_frame}; empty if that is not known
     * @param activationToHeardMillis from then until the far end had confirmed that it sends there, by the new place's clock
     * @param activationToFirstFrameMillis from then until the guest was given the first frame, by the new place's clock
     */
    public record Result(
            String vm,
            String from,
            String to,
            long generation,
            String mode,
            double movedMillis,
            double totalMillis,
            @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Double> phases,
            OptionalLong hypervisorDowntimeMillis,
            @JsonSetter(nulls = Nulls.AS_EMPTY) String activatedBy,
            OptionalDouble activationToHeardMillis,
            OptionalDouble activationToFirstFrameMillis) {
        public Result {
            phases = Collections.unmodifiableMap(new LinkedHashMap<>(phases));
        }
    }
}
