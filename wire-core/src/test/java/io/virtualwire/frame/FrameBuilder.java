package io.virtualwire.frame;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Builds whole frames, virtio-net header first, with correct lengths and the pseudo-header's sum where one is due. */
public final class FrameBuilder {
    private final Random random;
    private boolean tcp;
    private boolean ipv4 = true;
    private int tags;
    private int ipOptions;
    private int tcpOptions;
    private int tcpFlags = 0x10;
    private int gsoSize;
    private byte[] payload = new byte[0];
    private byte @Nullable [] macs;
    private byte @Nullable [] addresses;
    private @Nullable Integer ports;

    public FrameBuilder(Random random) {
        this.random = random;
    }

    public FrameBuilder tcp(boolean value) {
        tcp = value;
        return this;
    }

    public FrameBuilder ipv4(boolean value) {
        ipv4 = value;
        return this;
    }

    public FrameBuilder tags(int count) {
        tags = count;
        return this;
    }

    /** IPv4 options, or an IPv6 destination-options header, in units of 8 bytes. */
    public FrameBuilder ipOptions(int units) {
        ipOptions = units;
        return this;
    }

    public FrameBuilder tcpOptions(int words) {
        tcpOptions = words;
        return this;
    }

    public FrameBuilder tcpFlags(int flags) {
        tcpFlags = flags;
        return this;
    }

    /** 0: not to be segmented. */
    public FrameBuilder gsoSize(int bytes) {
        gsoSize = bytes;
        return this;
    }

    public FrameBuilder payload(byte[] bytes) {
        payload = bytes;
        return this;
    }

    public FrameBuilder between(MacAddress source, MacAddress destination) {
        macs = ByteBuffer.allocate(12)
                .putShort((short) (destination.bits() >>> 32))
                .putInt((int) destination.bits())
                .putShort((short) (source.bits() >>> 32))
                .putInt((int) source.bits())
                .array();
        return this;
    }

    public FrameBuilder between(InetSocketAddress source, InetSocketAddress destination) {
        addresses = ByteBuffer.allocate(2 * source.getAddress().getAddress().length)
                .put(source.getAddress().getAddress())
                .put(destination.getAddress().getAddress())
                .array();
        ports = source.getPort() << 16 | destination.getPort();
        return this;
    }

    public int headersLength() {
        return networkOffset() + networkLength() + transportHeaderLength();
    }

    private int networkOffset() {
        return 14 + 4 * tags;
    }

    private int networkLength() {
        return (ipv4 ? 20 : 40) + 8 * ipOptions;
    }

    private int transportHeaderLength() {
        return tcp ? 20 + 4 * tcpOptions : 8;
    }

    /** A frame whose checksum is still to be filled in. */
    public byte[] build() {
        int transportOffset = networkOffset() + networkLength();
        int covered = transportHeaderLength() + payload.length;
        ByteBuffer frame = ByteBuffer.allocate(12 + transportOffset + covered);
        frame.position(12);
        frame.put(macs != null ? macs : randomBytes(12));
        for (int i = 0; i < tags; i++) {
            frame.putShort((short) 0x8100).putShort((short) random.nextInt(4095));
        }
        frame.putShort((short) (ipv4 ? 0x0800 : 0x86dd));
        long pseudo = ipv4 ? putIpv4(frame, covered) : putIpv6(frame, covered);
        putTransport(frame, covered, pseudo);
        frame.put(payload);
        byte[] bytes = frame.array();
        VirtioNetHeader header = new VirtioNetHeader()
                .wrap(bytes, 0, bytes.length)
                .flags(VirtioNetHeader.NEEDS_CHECKSUM)
                .checksumStart(transportOffset)
                .checksumOffset(tcp ? 16 : 6);
        if (gsoSize > 0) {
            int tcpType = ipv4 ? VirtioNetHeader.GSO_TCPV4 : VirtioNetHeader.GSO_TCPV6;
            header.gsoType(tcp ? tcpType : VirtioNetHeader.GSO_UDP_L4)
                    .gsoSize(gsoSize)
                    .headerLength(headersLength());
        }
        return bytes;
    }

    private long putIpv4(ByteBuffer frame, int covered) {
        int at = frame.position();
        frame.put((byte) (0x40 | networkLength() / 4)).put((byte) 0);
        frame.putShort((short) (networkLength() + covered)).putShort((short) random.nextInt());
        frame.putShort((short) 0x4000).put((byte) 64).put((byte) protocol()).putShort((short) 0);
        frame.put(addresses != null ? addresses : randomBytes(8)).put(new byte[8 * ipOptions]);
        long header = InternetChecksum.add(0, frame.array(), at, networkLength());
        frame.putShort(at + 10, (short) InternetChecksum.fold(header));
        return InternetChecksum.add(0, frame.array(), at + 12, 8) + protocol() + covered;
    }

    private long putIpv6(ByteBuffer frame, int covered) {
        int at = frame.position();
        frame.putInt(0x6000_0000).putShort((short) (8 * ipOptions + covered));
        frame.put((byte) (ipOptions > 0 ? 60 : protocol())).put((byte) 64);
        frame.put(addresses != null ? addresses : randomBytes(32));
        if (ipOptions > 0) {
            frame.put((byte) protocol()).put((byte) (ipOptions - 1)).put(new byte[8 * ipOptions - 2]);
        }
        return InternetChecksum.add(0, frame.array(), at + 8, 32) + protocol() + covered;
    }

    private void putTransport(ByteBuffer frame, int covered, long pseudo) {
        short partial = (short) ~InternetChecksum.fold(pseudo);
        frame.putInt(ports != null ? ports : random.nextInt());
        if (tcp) {
            frame.putInt(random.nextInt()).putInt(random.nextInt());
            frame.put((byte) (transportHeaderLength() / 4 << 4)).put((byte) tcpFlags);
            frame.putShort((short) 1000).putShort(partial).putShort((short) 0);
            frame.put(new byte[4 * tcpOptions]);
        } else {
            frame.putShort((short) covered).putShort(partial);
        }
    }

    private int protocol() {
        return tcp ? 6 : 17;
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        // The first of them may be a MAC's: keep it a station's.
        bytes[0] &= (byte) 0xfe;
        return bytes;
    }
}
