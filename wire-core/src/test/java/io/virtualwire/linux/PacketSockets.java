package io.virtualwire.linux;

/** Packet sockets as older kernels have them. */
public final class PacketSockets {
    private PacketSockets() {}

    public static PacketSocket withShortHeader(NetworkNamespace namespace, String device) {
        return PacketSocket.openWithShortHeader(namespace, device);
    }
}
