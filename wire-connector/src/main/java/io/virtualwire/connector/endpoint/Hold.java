package io.virtualwire.connector.endpoint;

import io.virtualwire.linux.DeviceShield;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TransmitCounter;
import io.virtualwire.port.PacketPort;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortId;
import io.virtualwire.port.TapPort;
import io.virtualwire.transport.DatapathLoop;

/** By which of its two sides a TAP device is held; becomes a port's, which closes it. */
public sealed interface Hold {

    /** What frames are read from and written to. */
    int descriptor();

    /** Whether the interface is still there. */
    boolean isThere();

    /** A port, which closes this when it is closed. */
    Port port(PortId id, DatapathLoop loop, int mtu);

    /** Takes no frames from the guest any more, or again. */
    void deafen(boolean deaf);

    /** Takes nothing of what waits to be taken. */
    void discardQueued();

    /** Removes an interface that was made here, when this is closed at the latest. */
    void forget();

    void close();

    /** By the descriptor: the guest is this host's kernel, or a namespace of it, and has the interface. */
    record ByDescriptor(TapDevice tap) implements Hold {
        @Override
        public int descriptor() {
            return tap.fd();
        }

        @Override
        public boolean isThere() {
            return tap.isAttached();
        }

        @Override
        public Port port(PortId id, DatapathLoop loop, int mtu) {
            return new TapPort(id, loop, tap, mtu);
        }

        @Override
        public void deafen(boolean deaf) {
            throw new IllegalStateException("frames of a device that is held by its descriptor go nowhere else");
        }

        @Override
        public void discardQueued() {
            throw new IllegalStateException("frames of a device that is held by its descriptor go nowhere else");
        }

        @Override
        public void forget() {
            tap.forget();
        }

        @Override
        public void close() {
            tap.close();
        }
    }

    /** By the interface, from which the host's own stack is kept away: the guest is a process that has the descriptor. */
    record ByInterface(PacketSocket socket, NetworkNamespace namespace, String device) implements Hold {
        @Override
        public int descriptor() {
            return socket.fd();
        }

        @Override
        public boolean isThere() {
            return socket.isAttached();
        }

        @Override
        public Port port(PortId id, DatapathLoop loop, int mtu) {
            return new PacketPort(id, loop, socket, TransmitCounter.open(namespace, device), mtu);
        }

        @Override
        public void deafen(boolean deaf) {
            socket.deafen(deaf);
        }

        @Override
        public void discardQueued() {
            socket.discardQueued();
        }

        @Override
        public void forget() {
            new InterfaceControl(namespace).delete(device);
        }

        @Override
        public void close() {
            socket.close();
        }

        /** Lets the host's stack have the interface again, if there still is one. */
        void expose() {
            new DeviceShield(namespace).lower(device);
        }
    }
}
