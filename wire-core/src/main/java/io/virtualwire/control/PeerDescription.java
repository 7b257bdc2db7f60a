package io.virtualwire.control;

import java.util.List;

/**
 * The far end that a side is told to expect.
 *
 * <p>Fenced by its own generation: a higher one than the known peer's becomes its successor, which takes over at its
 * first authentic datagram (or at once if {@code fence} is set); the same one again changes nothing but the paths; a lower one
 * is refused.
 *
 * @param identity the daemon that holds the far end; no other may speak for it
 * @param generation the generation of the far side
 * @param paths where that daemon can be reached, in order of preference, each {@code host:port}; may be empty if it is
 *     the one who dials
 * @param fence whether lower generations of the far side are shut out as soon as this is accepted
 */
public record PeerDescription(Identity identity, Generation generation, List<String> paths, boolean fence) {
    public PeerDescription {
        paths = List.copyOf(paths);
    }
}
