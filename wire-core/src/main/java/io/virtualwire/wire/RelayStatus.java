package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;

/**
 * The relay leg between two places of one side.
 *
 * @param outgoing whether frames go out on it (old place) or come in (new place)
 * @param frames frames relayed so far
 * @param complete whether the end marker of every peer was relayed and acknowledged (old place), or has come (new place)
 */
public record RelayStatus(
        boolean outgoing, Identity identity, Generation generation, LegStatus leg, long frames, boolean complete) {}
