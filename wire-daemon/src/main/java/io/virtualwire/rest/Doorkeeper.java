package io.virtualwire.rest;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.SocketChannel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import io.virtualwire.identity.Strangers;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches who comes to a daemon's interface from the moment of the TCP connection, which Vert.x says nothing of until the TLS
 * handshake is over: those who do not finish it are {@linkplain Strangers few}.
 *
 * <p>Vert.x takes it as its transport, with listening channels that tell of whom they accept.
 */
public final class Doorkeeper implements Transport {
    private static final int MOST = 64;

    private final Transport base;
    private final Map<SocketAddress, Channel> channels = new ConcurrentHashMap<>();
    private final Strangers<Channel> strangers = new Strangers<>(MOST, this::displace);
    private volatile int watched;

    /** Over {@code NIO}. */
    public Doorkeeper() {
        this(Transport.NIO);
    }

    /** @param base makes the channels */
    public Doorkeeper(Transport base) {
        this.base = base;
    }

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
        return base.name();
    }

    @Override
    public boolean available() {
        return base.available();
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return base.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return new Watching(base.implementation());
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
            ChannelFactory<? extends ServerChannel> factory = own.serverChannelFactory(domainSocket);
            return domainSocket ? factory : () -> watched(factory.newChannel());
        }
    }

    private ServerChannel watched(ServerChannel listener) {
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object accepted) {
                boolean mine = listener.localAddress() instanceof InetSocketAddress at && at.getPort() == watched;
                if (mine && accepted instanceof SocketChannel channel) {
                    came(channel);
                }
                context.fireChannelRead(accepted);
            }
        });
        return listener;
    }
}
