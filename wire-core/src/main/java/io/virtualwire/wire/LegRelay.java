package io.virtualwire.wire;

import io.virtualwire.control.Generation;

/** Relays over a relay leg to another daemon. */
final class LegRelay implements RelayOut {
    private final Leg leg;

    LegRelay(Leg leg) {
        this.leg = leg;
    }

    Leg leg() {
        return leg;
    }

    @Override
    public Generation generation() {
        return leg.otherGeneration();
    }

    @Override
    public boolean ready() {
        return leg.agreed();
    }

    @Override
    public boolean frame(Peer sender, long number, byte[] bytes, int offset, int length) {
        return leg.sendFrame(MessageKind.RELAYED_FRAME, sender.generation(), number, bytes, offset, length, false) > 0;
    }

    @Override
    public void end(Peer sender) {
        leg.sendRelayedEnd(sender.generation(), sender.relayEndNumber, sender.relayedOut);
    }

    @Override
    public void close() {
        leg.close();
    }

    RelayStatus status(long frames, boolean complete) {
        return new RelayStatus(true, leg.identity(), leg.otherGeneration(), leg.status(), frames, complete);
    }
}
