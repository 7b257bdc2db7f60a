package io.virtualwire.kernel;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * One generation of a far end: where its frames come from and go to.
 *
 * @param receiveVni which VNI it was told to send with; see {@link CrossConnect#reserve()}
 * @param peer its address on the underlay
 * @param sendVni which VNI it wants
 * @param generation the number of its generation
 */
public record KernelLeg(int receiveVni, InetAddress peer, int sendVni, long generation) {
    static final int HIGHEST_VNI = 0xff_ffff;
    private static final long HIGHEST_GENERATION = 0xffff_ffffL;

    public KernelLeg {
        if (!(peer instanceof Inet4Address)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "the peer's address " + peer.getHostAddress() + " is not IPv4, as a kernel wire needs",
                    "use the address of an IPv4 underlay, or the user backend");
        }
        if (receiveVni < 1 || receiveVni > HIGHEST_VNI || sendVni < 1 || sendVni > HIGHEST_VNI) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "VNI " + receiveVni + " or " + sendVni + " is out of range",
                    "use 1 to " + HIGHEST_VNI);
        }
        if (generation < 1 || generation > HIGHEST_GENERATION) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "generation " + generation + " is out of range", "use 1 to 4294967295");
        }
    }

    int peerBits() {
        return ByteBuffer.wrap(peer.getAddress()).getInt();
    }

    /** As the programs read it: the address, and above it the VNI. */
    long departure() {
        return Integer.toUnsignedLong(peerBits()) | (long) sendVni << 32;
    }
}
