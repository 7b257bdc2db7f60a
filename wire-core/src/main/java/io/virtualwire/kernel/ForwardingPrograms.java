package io.virtualwire.kernel;

import static io.virtualwire.kernel.Assembler.BYTE;
import static io.virtualwire.kernel.Assembler.DOUBLE;
import static io.virtualwire.kernel.Assembler.WORD;

/**
 * The two programs that carry a kernel wire's frames.
 *
 * <pre>
 *   endpoint's device, ingress                              VXLAN device, ingress
 *     device index ─ endpoints ▶ side                         VNI ─ indices ▶ leg   (else UNKNOWN_VNI)
 *     may it speak?              (else MUTE)                  is the source the leg's peer?   (else FORGED_SOURCE)
 *     tunnel key := side.departure                            is it a successor? side.departure := leg.peer, leg := FLIPPED
 *     redirect to the VXLAN device                            redirect to the device of leg.side
 * </pre>
 *
 * <p>Records of sides and legs stay where they are and are changed number by number, each in one step; so a frame goes to one
 * peer with the VNI of that same peer, whoever changes them meanwhile. A hash map's values would not do: the kernel may give
 * the memory of one to another while a program reads it.
 */
final class ForwardingPrograms {
    /* Numbers of kernel functions. */
    private static final int LOOK_UP = 1;
    private static final int GET_TUNNEL_KEY = 20;
    private static final int SET_TUNNEL_KEY = 21;
    private static final int REDIRECT = 23;
    private static final int REDIRECT_PEER = 155;

    /* struct __sk_buff */
    private static final int LENGTH = 0;
    private static final int PROTOCOL = 16;
    private static final int DEVICE_INDEX = 40;

    /* struct bpf_tunnel_key, on the stack */
    private static final int KEY = -56;
    private static final int KEY_BYTES = 44;
    private static final int KEY_VNI = KEY;
    private static final int KEY_PEER = KEY + 4;
    private static final int KEY_TTL = KEY + 21;
    private static final int KEY_SOURCE = KEY + 28;
    private static final int TTL = 64;
    /* An underlay that fragments is several times slower, so what does not fit is not sent. */
    private static final int DONT_FRAGMENT = 1 << 2;

    private static final int FIRST = -4;
    private static final int SECOND = -8;
    private static final int RARP_BIG_ENDIAN = 0x3580;
    private static final int DROP = 2;

    private final int endpoints;
    private final int indices;
    private final int sides;
    private final int legs;
    private final int board;

    /** Of the descriptors of their maps. */
    ForwardingPrograms(int endpoints, int indices, int sides, int legs, int board) {
        this.endpoints = endpoints;
        this.indices = indices;
        this.sides = sides;
        this.legs = legs;
        this.board = board;
    }

    byte[] fromEndpoint() {
        Assembler code = new Assembler().move(6, 1);
        code.load(WORD, 2, 6, DEVICE_INDEX).store(WORD, 10, FIRST, 2);
        lookUp(code, endpoints, FIRST, KernelDrop.NO_ENDPOINT);
        code.load(WORD, 1, 0, 0).store(WORD, 10, SECOND, 1);
        lookUp(code, sides, SECOND, KernelDrop.NO_ENDPOINT);
        code.move(7, 0);
        code.load(WORD, 1, 7, Sides.DEVICE).load(WORD, 2, 10, FIRST).ifDifferent(1, 2, name(KernelDrop.NO_ENDPOINT));

        code.load(WORD, 1, 7, Sides.STATE).ifEqual(1, SideState.ACTIVE.ordinal(), "speaks");
        code.ifNotEqual(1, SideState.STANDBY.ordinal(), "muted");
        // The guest announces itself: it runs here from now on.
        code.load(WORD, 1, 6, PROTOCOL).ifNotEqual(1, RARP_BIG_ENDIAN, "muted");
        code.storeNumber(WORD, 7, Sides.STATE, SideState.ACTIVE.ordinal());

        code.label("speaks").load(DOUBLE, 8, 7, Sides.DEPARTURE).ifEqual(8, 0, name(KernelDrop.NO_PEER));
        for (int at = 0; at < KEY_BYTES - Integer.BYTES; at += Long.BYTES) {
            code.storeNumber(DOUBLE, 10, KEY + at, 0);
        }
        code.storeNumber(WORD, 10, KEY + KEY_BYTES - Integer.BYTES, 0);
        code.store(WORD, 10, KEY_PEER, 8).shiftRight(8, Integer.SIZE).store(WORD, 10, KEY_VNI, 8);
        code.storeNumber(BYTE, 10, KEY_TTL, TTL);
        code.record(1, board).load(WORD, 1, 1, Board.SOURCE).store(WORD, 10, KEY_SOURCE, 1);
        code.move(1, 6).move(2, 10).add(2, KEY).set(3, KEY_BYTES).set(4, DONT_FRAGMENT);
        code.call(SET_TUNNEL_KEY).ifNotEqual(0, 0, name(KernelDrop.REFUSED));
        count(code, 7, Sides.SENT_FRAMES, Sides.SENT_BYTES);
        code.record(1, board).load(WORD, 1, 1, Board.DEVICE).set(2, 0);
        code.call(REDIRECT).exit();

        code.label("muted").set(1, 1).addAtomically(7, Sides.MUTED, 1).jump(name(KernelDrop.MUTE));
        drop(code, KernelDrop.NO_ENDPOINT, KernelDrop.MUTE, KernelDrop.NO_PEER, KernelDrop.REFUSED);
        return code.instructions();
    }

    byte[] fromUnderlay() {
        Assembler code = new Assembler().move(6, 1);
        // Not used here: so that who finds this program, which is always there, finds all maps.
        code.map(1, endpoints).move(1, 6);
        code.move(2, 10).add(2, KEY).set(3, KEY_BYTES).set(4, 0);
        code.call(GET_TUNNEL_KEY).ifNotEqual(0, 0, name(KernelDrop.NOT_IPV4));
        lookUp(code, indices, KEY_VNI, KernelDrop.UNKNOWN_VNI);
        code.load(WORD, 1, 0, 0).store(WORD, 10, FIRST, 1);
        lookUp(code, legs, FIRST, KernelDrop.UNKNOWN_VNI);
        code.move(7, 0);
        code.load(WORD, 1, 7, Legs.VNI).load(WORD, 2, 10, KEY_VNI).ifDifferent(1, 2, name(KernelDrop.UNKNOWN_VNI));
        code.load(WORD, 1, 7, Legs.SIDE).store(WORD, 10, FIRST, 1);
        lookUp(code, sides, FIRST, KernelDrop.UNKNOWN_VNI);
        code.move(8, 0);
        code.load(WORD, 1, 7, Legs.PEER).load(WORD, 2, 10, KEY_PEER).ifDifferent(1, 2, "forged");

        code.load(WORD, 1, 7, Legs.STATE).ifNotEqual(1, LegState.SUCCESSOR.ordinal(), "deliver");
        // Never back to a lower generation.
        code.load(WORD, 1, 7, Legs.GENERATION)
                .load(WORD, 2, 8, Sides.GENERATION)
                .ifNotAbove(1, 2, "flipped");
        code.store(WORD, 8, Sides.GENERATION, 1).load(DOUBLE, 1, 7, Legs.PEER).store(DOUBLE, 8, Sides.DEPARTURE, 1);
        code.label("flipped").storeNumber(WORD, 7, Legs.STATE, LegState.FLIPPED.ordinal());

        code.label("deliver").set(1, 1).addAtomically(7, Legs.FRAMES, 1);
        count(code, 8, Sides.RECEIVED_FRAMES, Sides.RECEIVED_BYTES);
        code.load(WORD, 3, 8, Sides.STRAIGHT).load(WORD, 1, 8, Sides.DEVICE).set(2, 0);
        code.ifNotEqual(3, 0, "straight").call(REDIRECT).exit();
        code.label("straight").call(REDIRECT_PEER).exit();

        code.label("forged").set(1, 1).addAtomically(8, Sides.FORGED, 1).jump(name(KernelDrop.FORGED_SOURCE));
        drop(code, KernelDrop.NOT_IPV4, KernelDrop.UNKNOWN_VNI, KernelDrop.FORGED_SOURCE);
        return code.instructions();
    }

    /* Register 0 is the address of what was found. */
    private static void lookUp(Assembler code, int map, int key, KernelDrop otherwise) {
        code.map(1, map).move(2, 10).add(2, key).call(LOOK_UP).ifEqual(0, 0, name(otherwise));
    }

    private static void count(Assembler code, int record, int frames, int bytes) {
        code.set(1, 1).addAtomically(record, frames, 1);
        code.load(WORD, 1, 6, LENGTH).addAtomically(record, bytes, 1);
    }

    private void drop(Assembler code, KernelDrop... reasons) {
        for (KernelDrop reason : reasons) {
            code.label(name(reason)).record(1, board).set(2, 1).addAtomically(1, Board.offset(reason), 2);
            code.set(0, DROP).exit();
        }
    }

    private static String name(KernelDrop reason) {
        return reason.name();
    }
}
