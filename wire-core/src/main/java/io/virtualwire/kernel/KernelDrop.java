package io.virtualwire.kernel;

/** Why the kernel dropped a frame of a kernel wire; the numbers are those of the programs. */
public enum KernelDrop {
    /** From an interface that is no endpoint any more. */
    NO_ENDPOINT,
    /** From an endpoint whose side is standby or has yielded. */
    MUTE,
    /** From an endpoint whose side has no peer yet. */
    NO_PEER,
    /** The kernel takes no more encapsulation there. */
    REFUSED,
    /** From the underlay, with a VNI that nobody was given, or whose generation is over. */
    UNKNOWN_VNI,
    /** From the underlay, with a VNI that another host was given. */
    FORGED_SOURCE,
    /** From the underlay, in another form than VXLAN over IPv4. */
    NOT_IPV4
}
