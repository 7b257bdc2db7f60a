package io.virtualwire.forwarding;

/** How a frame of some VLAN leaves by a port. */
public enum EgressForm {
    /** Not at all: the port does not carry this VLAN. */
    NONE,
    /** Without a tag. */
    UNTAGGED,
    /** With a tag that names the VLAN. */
    TAGGED
}
