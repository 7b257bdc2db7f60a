package io.virtualwire.port;

import java.util.List;

/** A port with its guest, for the contract test: the guest speaks in payloads, the port in frames. */
interface PortHarness extends OpenPort {
    /** The guest sends a frame that ends with the payload, if the port is open. */
    void guestSends(byte[] payload);

    /** A frame that the guest takes, which ends with the payload; its checksum is still to be filled in. */
    byte[] frameToGuest(byte[] payload);

    /** A frame that the guest takes, to be cut into datagrams of {@code gsoSize} payload bytes. */
    byte[] superFrameToGuest(byte[] payload, int gsoSize);

    /** The payloads that the guest has received, in order, joined. */
    List<byte[]> guestReceived();
}
