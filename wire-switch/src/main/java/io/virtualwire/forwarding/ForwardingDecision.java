package io.virtualwire.forwarding;

/** What becomes of one frame; instances are cached, so that deciding allocates nothing. */
public sealed interface ForwardingDecision {

    /** To one port. */
    record Forward(int port) implements ForwardingDecision {}

    /** To every port that carries its VLAN, but the one that it came from. */
    record Flood(FloodCause cause) implements ForwardingDecision {}

    /** To none. */
    record Drop(FilterReason reason) implements ForwardingDecision {}
}
