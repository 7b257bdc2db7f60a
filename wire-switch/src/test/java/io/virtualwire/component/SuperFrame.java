package io.virtualwire.component;

import io.virtualwire.frame.MacAddress;
import io.virtualwire.frame.VirtioNetHeader;
import java.nio.ByteBuffer;

/** TCP over IPv4 that is still to be segmented. */
final class SuperFrame {
    private static final int SEGMENT = 1400;

    private SuperFrame() {}

    static byte[] build(MacAddress from, MacAddress to, int tags, byte[] payload) {
        int ethernet = 14 + 4 * tags;
        ByteBuffer frame = ByteBuffer.allocate(12 + ethernet + 40 + payload.length);
        frame.position(12);
        frame.putShort((short) (to.bits() >>> 32)).putInt((int) to.bits());
        frame.putShort((short) (from.bits() >>> 32)).putInt((int) from.bits());
        for (int tag = 0; tag < tags; tag++) {
            frame.putShort((short) 0x8100).putShort((short) (100 + tag));
        }
        frame.putShort((short) 0x0800);
        frame.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (40 + payload.length))
                .putShort((short) 7);
        frame.putShort((short) 0x4000).put((byte) 64).put((byte) 6).putShort((short) 0);
        frame.putInt(0xc000_0201).putInt(0xc000_0202);
        frame.putShort((short) 4000).putShort((short) 80).putInt(1).putInt(1);
        frame.put((byte) 0x50).put((byte) 0x10).putShort((short) 1000).putInt(0);
        frame.put(payload);
        new VirtioNetHeader()
                .wrap(frame.array(), 0, frame.capacity())
                .flags(VirtioNetHeader.NEEDS_CHECKSUM)
                .gsoType(VirtioNetHeader.GSO_TCPV4)
                .gsoSize(SEGMENT)
                .headerLength(ethernet + 40)
                .checksumStart(ethernet + 20)
                .checksumOffset(16);
        return frame.array();
    }
}
