package io.virtualwire.association;

import io.virtualwire.transport.Transport;

/** One socket's worth of every association of this daemon: what is sent on it bears its number. */
record Lane(int number, Transport transport) {
    int port() {
        return transport.localAddress().port();
    }
}
