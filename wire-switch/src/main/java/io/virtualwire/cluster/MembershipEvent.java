package io.virtualwire.cluster;

import io.virtualwire.control.Identity;

/** A change in which nodes can be reached. */
public sealed interface MembershipEvent {
    /** The node that came or went. */
    Identity node();

    /** A node can be reached. */
    record Joined(Identity node) implements MembershipEvent {}

    /** A node cannot be reached any more: stopped, killed, or cut off. */
    record Left(Identity node) implements MembershipEvent {}
}
