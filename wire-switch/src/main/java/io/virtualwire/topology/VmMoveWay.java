package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * How the hypervisors are to move a virtual machine.
 *
 * @param mode {@code peer-to-peer}, {@code managed} or {@code tunnelled}; {@code followed} if none of them had to do with it
 * @param postCopy whether it may run at the target before all of its memory is there
 * @param copyStorage whether its disks are copied, because the hosts do not share them
 * @param bandwidthMebibytes a second, at most; 0: as fast as it goes
 * @param parallel how many machines may be on their way between the same two hosts before this one waits; 0: {@value #PARALLEL}
 */
public record VmMoveWay(String mode, boolean postCopy, boolean copyStorage, int bandwidthMebibytes, int parallel) {
    /** So many machines go between two hosts at once, unless told otherwise. */
    public static final int PARALLEL = 2;

    public static final String PEER_TO_PEER = "peer-to-peer";
    public static final String MANAGED = "managed";
    public static final String TUNNELLED = "tunnelled";

    /** It was moved by somebody else, and its wires follow. */
    public static final VmMoveWay FOLLOWED = new VmMoveWay("followed", false, false, 0);

    public static final VmMoveWay DEFAULT = new VmMoveWay(PEER_TO_PEER, false, false, 0);

    /** Whether somebody else has moved the machine. */
    @JsonIgnore
    public boolean isFollowed() {
        return mode.equals(FOLLOWED.mode);
    }

    /** With as many others between its two hosts as usual. */
    public VmMoveWay(String mode, boolean postCopy, boolean copyStorage, int bandwidthMebibytes) {
        this(mode, postCopy, copyStorage, bandwidthMebibytes, 0);
    }

    /** How many machines may be on their way between the two hosts, this one included. */
    public int most() {
        return parallel > 0 ? parallel : PARALLEL;
    }
}
