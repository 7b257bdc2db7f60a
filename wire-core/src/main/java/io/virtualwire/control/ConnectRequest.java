package io.virtualwire.control;

import java.util.Optional;

/**
 * One side of a wire as its tenant wants it: the argument of <em>connect</em>.
 *
 * <p>Own fields are fenced by {@code generation}: higher replaces in place, equal must be equal in {@code endpoint} and
 * {@code options}, lower is refused. {@code peer} is fenced by its own generation, and the relay by the generation it
 * names, so a repeat with a newer peer is the way to announce a successor.
 *
 * @param endpoint the local endpoint's name on this host
 * @param relayTo where frames go that still arrive here after this side has yielded
 * @param relayFrom from where such frames will come; while set, direct frames are held until the end marker
 */
public record ConnectRequest(
        WireId wire,
        Side side,
        Generation generation,
        String endpoint,
        PeerDescription peer,
        ConnectOptions options,
        Optional<RelayDescription> relayTo,
        Optional<RelayDescription> relayFrom) {}
