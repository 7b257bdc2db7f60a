package io.virtualwire.connector.kernel;

import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.control.WireException;
import io.virtualwire.kernel.KernelLeg;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far one side has come that asks for the kernel. */
final class Way {
    /** What was told to the kernel, by VNI. */
    final Map<Integer, KernelLeg> told = new HashMap<>();
    /** Since when nobody should send with a VNI any more. */
    final Map<Integer, Long> over = new HashMap<>();

    volatile EndpointKey endpoint;
    /** The device that the kernel carries frames of. */
    @Nullable
    String device;

    int openings;
    /** The kernel has been seen to wait for the guest. */
    boolean standby;
    /** Why this host cannot. */
    volatile Optional<WireException> obstacle = Optional.empty();
    /** Why the process carries frames. */
    volatile String reason = "";

    Way(EndpointKey endpoint) {
        this.endpoint = endpoint;
    }
}
