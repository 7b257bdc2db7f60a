package io.virtualwire.port;

import java.util.Locale;

/** Why a frame or datagram went no further; each is a metric, and shows in {@code wire show}. */
public enum DropReason {
    // Ports

    /** The port was closed, or nobody is attached to it. */
    PORT_CLOSED,
    /** The guest does not empty its queue: the kernel took no more. */
    PORT_QUEUE_FULL,
    /** The guest's interface is down, or the kernel refused the frame for another reason. */
    PORT_REFUSED,
    /** The guest sent faster than was read; the kernel dropped it. */
    PORT_OVERFLOW,
    /** Shorter than a virtio-net header and an Ethernet header, or longer than 65,562 bytes. */
    BAD_FRAME_LENGTH,
    /** The virtio-net header contradicts itself or the frame behind it. */
    BAD_VIRTIO_HEADER,
    /** Larger than the guest's MTU, and not to be segmented. */
    EXCEEDS_MTU,

    // Transport

    /** The underlay socket's queue is full. */
    UNDERLAY_CONGESTED,
    /** A datagram was larger than the link takes. */
    UNDERLAY_TOO_BIG,
    /** There is no way to the peer's address. */
    UNDERLAY_UNREACHABLE,
    /** Datagrams came faster than they were read; the kernel dropped them. */
    UNDERLAY_OVERFLOW,
    /** Of no session, or from an address that is not the peer's: the kernel drops those for us while they come in a flood. */
    UNDERLAY_FILTERED,
    /** A datagram was larger than the receive buffer. */
    UNDERLAY_TRUNCATED,
    /** Datagrams to the peer take its control stream, and TCP is slower than they come. */
    STREAM_CONGESTED,

    // Association

    /** Shorter than its headers and tag. */
    TRUNCATED,
    /** A protocol version that is not spoken here. */
    UNKNOWN_VERSION,
    /** A datagram type that does not exist. */
    UNKNOWN_TYPE,
    /** No session has this index. */
    UNKNOWN_SESSION,
    /** A lane that the peer did not announce. */
    UNKNOWN_LANE,
    /** The tag does not verify. */
    NOT_AUTHENTIC,
    /** From an address that is not the peer's, while so many of those are forged that they are not looked at. */
    UNPROVEN_SOURCE,
    /** The counter was seen before, as that of a second copy where the underlay loses, or is older than the replay window. */
    REPLAYED,
    /** In the clear, where that was not agreed. */
    PLAIN_REFUSED,
    /** A message kind that does not exist. */
    UNKNOWN_KIND,
    /** No session with the peer is ready. */
    NO_SESSION,
    /** The peer has never answered at the address that it named, which may be somebody else's: only questions go there. */
    UNPROVEN_DESTINATION,
    /** The session's counters are used up; it has to be re-keyed. */
    KEY_EXHAUSTED,
    /** It had to go by another owner thread, which is too far behind. */
    OWNER_BUSY,

    // Wire

    /** The wire index was not given to this peer. */
    UNKNOWN_WIRE,
    /** Sent as if from the receiver's own side. */
    WRONG_SIDE,
    /** The sender's generation, or the one it expects here, is not the current one. */
    STALE_GENERATION,
    /** By the kernel, from another underlay address than the peer's, with a VNI of this side. */
    FORGED_SOURCE,
    /** The wire's two ends have not agreed yet. */
    NOT_AGREED,
    /** This side is on standby and sends nothing. */
    STANDBY,
    /**
     * A guest announced an address that is not the endpoint's: it activates nothing. While the side is on standby the frame is
     * dropped, else it passes.
     */
    FOREIGN_ANNOUNCEMENT,
    /** A guest announced itself at an endpoint that has no wire: nothing follows it there. */
    UNAWAITED_ANNOUNCEMENT,
    /** This side has yielded to its successor and sends nothing. */
    YIELDED,
    /** A segment contradicts the others of its frame. */
    BAD_SEGMENT,
    /** Segments of a frame that was given to the port already. */
    DUPLICATE_SEGMENT,
    /** Too many incomplete frames, or too many bytes in them. */
    REASSEMBLY_OVERFLOW,
    /** What the tenant's wires may hold together is used up: of an incomplete frame, or of one that had to wait. */
    BUFFER_QUOTA,
    /** Some segments of a frame did not come in time. */
    REASSEMBLY_TIMEOUT,
    /** A hold lasted too long or grew too large and was opened; counted once a hold. */
    HOLD_EXPIRED,
    /** A relayed frame came after the hold was opened; it was given to the port, late. */
    LATE_RELAY,
    /** What had to be relayed could not be. */
    RELAY_OVERFLOW;

    private final String metricName = name().toLowerCase(Locale.ROOT);

    /** The value of the metric's label. */
    public String metricName() {
        return metricName;
    }
}
