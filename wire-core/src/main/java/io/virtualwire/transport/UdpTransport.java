package io.virtualwire.transport;

import io.virtualwire.linux.DatagramFilter;
import io.virtualwire.linux.Errno;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.UdpSocket;
import io.virtualwire.port.DropReason;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A {@link Transport} over a UDP socket of this host, with segmentation offload in both directions. */
public final class UdpTransport implements Transport {
    private static final int RECEIVE_BUFFER = 65_536;
    // Calls to the kernel per turn, each of up to eight runs, so that sockets and TAPs take turns.
    private static final int RECEIVES_PER_TURN = 4;
    private static final int DEFAULT_LINK_BUDGET = 1_232;

    private final DatapathLoop loop;
    private final UdpSocket socket;
    private final UnderlayAddress local;
    private final AddressCache sources = new AddressCache();
    private final byte[] receiveBuffer = new byte[RECEIVE_BUFFER];
    private final TransportCounters counters = new TransportCounters();
    private @Nullable DatagramSink sink;
    private @Nullable Registration registration;
    private int overflowsSeen;
    private boolean guarded;
    private boolean wasGuarded;
    private boolean closed;

    UdpTransport(DatapathLoop loop, UdpSocket socket) {
        this.loop = loop;
        this.socket = socket;
        this.local = UnderlayAddress.of(socket.local());
    }

    /**
     * Opens a transport; may be called on any thread, all else on the loop.
     *
     * @param bindAddress an address of the namespace; port 0 lets the kernel choose
     */
    public static UdpTransport open(DatapathLoop loop, NetworkNamespace namespace, InetSocketAddress bindAddress) {
        return new UdpTransport(loop, UdpSocket.open(namespace, bindAddress));
    }

    /** The transport that another process had; called like {@link #open}. */
    public static UdpTransport adopt(DatapathLoop loop, NetworkNamespace namespace, Held held) {
        UdpTransport transport = new UdpTransport(loop, UdpSocket.adopt(namespace, held.descriptor()));
        transport.overflowsSeen = held.overflows();
        return transport;
    }

    /**
     * What another process needs to go on with a transport.
     *
     * @param overflows how many datagrams the kernel is known to have dropped so far
     */
    public record Held(int descriptor, int overflows) {}

    public Held held() {
        socket.settle();
        return new Held(socket.fd(), overflowsSeen);
    }

    @Override
    public UnderlayAddress localAddress() {
        return local;
    }

    @Override
    public void attach(DatagramSink newSink) {
        loop.assertInLoop();
        if (sink != null) {
            throw new IllegalStateException("somebody receives from " + local + " already");
        }
        sink = newSink;
        if (!closed) {
            registration = loop.register(socket.fd(), this::receive, () -> {});
        }
    }

    // HOT PATH

    @Override
    public SendOutcome send(UnderlayAddress remote, byte[] bytes, int offset, int length, int segmentSize) {
        if (closed) {
            return SendOutcome.CLOSED;
        }
        int datagrams = (length + segmentSize - 1) / segmentSize;
        if (length > MAX_RUN_BYTES || datagrams > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "a run of " + length + " bytes in " + datagrams + " datagrams is more than one call may carry");
        }
        if (!socket.reaches(remote.isIpv4())) {
            counters.dropped(DropReason.UNDERLAY_UNREACHABLE, datagrams);
            return SendOutcome.UNREACHABLE;
        }
        int result = give(remote, bytes, offset, length, segmentSize);
        if (result >= 0) {
            counters.sent(datagrams, length);
            return SendOutcome.SENT;
        }
        if (datagrams > 1 && (result == -Errno.EIO || result == -Errno.EINVAL)) {
            return sendOneByOne(remote, bytes, offset, length, segmentSize);
        }
        return refused(result, datagrams);
    }

    private int give(UnderlayAddress remote, byte[] bytes, int offset, int length, int segmentSize) {
        return socket.send(
                remote.high(), remote.low(), remote.port(), remote.scope(), bytes, offset, length, segmentSize);
    }

    /** The route's device cannot segment, say, because of IPsec: the same datagrams, a call each. */
    private SendOutcome sendOneByOne(UnderlayAddress remote, byte[] bytes, int offset, int length, int segmentSize) {
        SendOutcome outcome = SendOutcome.SENT;
        for (int sent = 0; sent < length; sent += segmentSize) {
            int size = Math.min(segmentSize, length - sent);
            int result = give(remote, bytes, offset + sent, size, size);
            if (result >= 0) {
                counters.sent(1, size);
            } else {
                outcome = refused(result, 1);
            }
        }
        return outcome;
    }

    private SendOutcome refused(int result, int datagrams) {
        SendOutcome outcome = switch (-result) {
            case Errno.EAGAIN, Errno.ENOBUFS -> SendOutcome.CONGESTED;
            case Errno.EMSGSIZE -> SendOutcome.TOO_BIG;
            default -> SendOutcome.UNREACHABLE;
        };
        counters.dropped(
                switch (outcome) {
                    case CONGESTED -> DropReason.UNDERLAY_CONGESTED;
                    case TOO_BIG -> DropReason.UNDERLAY_TOO_BIG;
                    default -> DropReason.UNDERLAY_UNREACHABLE;
                },
                datagrams);
        return outcome;
    }

    private void receive() {
        int bytes = 0;
        for (int i = 0; i < RECEIVES_PER_TURN && bytes < DatapathLoop.BYTES_PER_TURN && !closed; i++) {
            int runs = socket.receive();
            if (runs <= 0) {
                return;
            }
            for (int run = 0; run < runs && !closed; run++) {
                bytes += socket.length(run);
                pass(run);
            }
        }
    }

    private void pass(int run) {
        int length = socket.length(run);
        countOverflows(socket.overflows(run));
        if (socket.truncated(run)) {
            counters.dropped(DropReason.UNDERLAY_TRUNCATED, 1);
            return;
        }
        if (length == 0 || sink == null) {
            return;
        }
        int segmentSize = socket.segmentSize(run);
        socket.copy(run, receiveBuffer);
        counters.received((length + segmentSize - 1) / segmentSize, length);
        UnderlayAddress source = sources.get(
                socket.sourceHigh(run), socket.sourceLow(run), socket.sourcePort(run), socket.sourceScope(run));
        sink.datagrams(receiveBuffer, 0, length, segmentSize, source);
    }

    private void countOverflows(int total) {
        if (total > overflowsSeen) {
            // The kernel counts both in one.
            counters.dropped(
                    wasGuarded ? DropReason.UNDERLAY_FILTERED : DropReason.UNDERLAY_OVERFLOW, total - overflowsSeen);
            overflowsSeen = total;
        }
        wasGuarded = guarded;
    }

    // COLD PATH

    @Override
    public void guard(DatagramFilter filter) {
        if (!closed && socket.guard(filter)) {
            guarded = true;
            wasGuarded = true;
        }
    }

    @Override
    public void unguard() {
        if (!closed && guarded) {
            guarded = false;
            socket.unguard();
        }
    }

    @Override
    public int linkBudget(UnderlayAddress remote) {
        int budget = socket.reaches(remote.isIpv4())
                ? socket.linkBudget(remote.high(), remote.low(), remote.port(), remote.scope())
                : -Errno.EADDRNOTAVAIL;
        return budget > 0 ? budget : DEFAULT_LINK_BUDGET;
    }

    @Override
    public TransportCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (registration != null) {
                registration.cancel();
            }
            socket.close();
        }
    }
}
