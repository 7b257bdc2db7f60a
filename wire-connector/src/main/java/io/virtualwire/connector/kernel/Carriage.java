package io.virtualwire.connector.kernel;

import io.virtualwire.kernel.SideReport;
import java.util.Optional;

/**
 * What carries the frames of a side for which the kernel was asked.
 *
 * @param reason why it is not the kernel, if it is not
 * @param counted by the kernel, if it is
 */
public record Carriage(Optional<String> reason, Optional<SideReport> counted) {
    /** By the process. */
    static Carriage process(String reason) {
        return new Carriage(Optional.of(reason), Optional.empty());
    }

    public boolean byKernel() {
        return counted.isPresent();
    }
}
