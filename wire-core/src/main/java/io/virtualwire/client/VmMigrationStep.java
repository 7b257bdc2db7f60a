package io.virtualwire.client;

import java.util.Optional;

/**
 * One line of a virtual machine's migration; the last one has a result or an error.
 *
 * @param step the phase that has begun: {@code prepare}, {@code move}, {@code activate}, {@code drain}, {@code clean-up};
 *     {@code copying} with progress; {@code done} or {@code failed} at the end
 * @param node the one that drives it
 * @param millis since the migration was asked for, by the clock of the node that was asked
 */
public record VmMigrationStep(
        String step,
        String node,
        double millis,
        Optional<Progress> progress,
        Optional<Result> result,
        Optional<ErrorBody> error) {

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
     */
    public record Result(
            String vm, String from, String to, long generation, String mode, double movedMillis, double totalMillis) {}
}
