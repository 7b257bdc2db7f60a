package io.virtualwire.rest;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import io.virtualwire.identity.Strangers;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches who comes to a daemon's interface from the moment of the TCP connection, which Vert.x says nothing of until the TLS
 * handshake is over: those who do not finish it are {@linkplain Strangers few}.
 *
 * <p>Vert.x takes it as its transport: {@code NIO}, with listening channels that tell of whom they accept.
 */
public final class Doorkeeper implements Transport {
    private static final int MOST = 64;

    private final Transport nio = Transport.NIO;
    private final Map<SocketAddress, Channel> channels = new ConcurrentHashMap<>();
    private final Strangers<Channel> strangers = new Strangers<>(MOST, this::displace);
    private volatile int watched;

    /** Watches the port from now on; others that the same Vert.x listens on are left alone. */
    public void watch(int port) {
        watched = port;
    }

    /** Its peer has proved who it is. */
    public void proved(HttpConnection connection) {
        Channel channel = channels.remove(connection.remoteAddress());
        if (channel != null) {
            strangers.left(channel);
        }
    }

    /** How many are unproved now. */
    int unproved() {
        return strangers.count();
    }

    @Override
    public String name() {
        return nio.name();
    }

    @Override
    public boolean available() {
        return nio.available();
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return nio.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return new Watching(nio.implementation());
    }

    private void came(SocketChannel channel) {
        InetSocketAddress from = channel.remoteAddress();
        if (from == null) {
            // It is gone already.
            return;
        }
        SocketAddress name = SocketAddress.inetSocketAddress(from);
        channels.put(name, channel);
        channel.closeFuture().addListener(closed -> {
            channels.remove(name, channel);
            strangers.left(channel);
        });
        strangers.came(from.getAddress(), channel);
    }

    private void displace(Channel oldest) {
        // Not at once: one that was accepted in the same moment has no event loop yet.
        Channel listener = oldest.parent();
        listener.eventLoop().execute(oldest::close);
    }

    /** What Vert.x makes its channels with. */
    private final class Watching implements io.vertx.core.spi.transport.Transport {
        private final io.vertx.core.spi.transport.Transport own;

        Watching(io.vertx.core.spi.transport.Transport own) {
            this.own = own;
        }

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return own.ioHandlerFactory();
        }

        @Override
        public DatagramChannel datagramChannel() {
            return own.datagramChannel();
        }

        @Override
        @SuppressWarnings("deprecation") // Vert.x' own signature
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return own.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return own.channelFactory(domainSocket);
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            return domainSocket ? own.serverChannelFactory(true) : Listener::new;
        }
    }

    private final class Listener extends NioServerSocketChannel {
        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            int before = accepted.size();
            int count = super.doReadMessages(accepted);
            if (localAddress().getPort() == watched) {
                accepted.subList(before, accepted.size()).forEach(channel -> came((SocketChannel) channel));
            }
            return count;
        }
    }
}
