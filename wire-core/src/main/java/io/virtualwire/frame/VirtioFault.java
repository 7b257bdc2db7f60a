package io.virtualwire.frame;

/** What is wrong with a virtio-net header, or with the frame that it describes. */
public enum VirtioFault {
    /** Nothing. */
    NONE,
    /** The frame is shorter than its headers, or longer than any frame. */
    LENGTH,
    /** A flag that is not spoken here. */
    FLAGS,
    /** A kind of segmentation that does not exist or was not negotiated. */
    GSO_TYPE,
    /** The header length reaches beyond the frame. */
    HEADER_LENGTH,
    /** The place of the checksum is outside the frame. */
    CHECKSUM_PLACE,
    /** Segmentation without a checksum to be filled in, or with one that is not the transport header's. */
    GSO_CHECKSUM,
    /** Segments of no bytes. */
    GSO_SIZE,
    /** The frame's own headers are not those of the announced kind of segmentation. */
    GSO_HEADERS
}
