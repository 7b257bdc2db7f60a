package io.virtualwire.connector.succession;

import java.util.List;

/** One message of a succession, and the descriptors that came with it. */
record Parcel(Kind kind, byte[] payload, List<Integer> descriptors) {

    /** What is said; the numbers stay as they are in every version. */
    enum Kind {
        /** Who it is, and which versions it speaks. */
        GREETING,
        /** The successor is prepared: stand still and hand over. */
        READY,
        /** Some of the descriptors. */
        DESCRIPTORS,
        /** All the rest. */
        ESTATE,
        /** The successor is the connector now. */
        TAKEN,
        /** It is not to be; says why. */
        REFUSAL
    }
}
