package io.virtualwire.connector.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket of an interface, which can pass from one process to the next: whoever connects while neither of them
 * accepts waits in its queue.
 *
 * <p>A Vert.x transport, for one server: that server listens at the socket that was given, and binds none.
 */
final class Doorway implements Transport, io.vertx.core.spi.transport.Transport {
    private final io.vertx.core.spi.transport.Transport epoll = Transport.EPOLL.implementation();
    private final Optional<Integer> given;
    private volatile @Nullable EpollServerSocketChannel channel;

    /** @param given the descriptor of a socket that listens, which belongs to the server from now on */
    Doorway(Optional<Integer> given) {
        this.given = given;
    }

    /** Whether a socket is where one is wanted; port 0 is any. */
    static boolean isAt(int descriptor, String address, int port) {
        InetSocketAddress wanted = new InetSocketAddress(address, port);
        return new EpollServerSocketChannel(descriptor).localAddress() instanceof InetSocketAddress is
                && (port == 0 || is.getPort() == port)
                && (is.getAddress().equals(wanted.getAddress())
                        || is.getAddress().isAnyLocalAddress()
                                && wanted.getAddress() != null
                                && wanted.getAddress().isAnyLocalAddress());
    }

    /** The socket's, which stays the server's. */
    Optional<Integer> descriptor() {
        EpollServerSocketChannel listening = channel;
        return listening == null ? Optional.empty() : Optional.of(listening.fd().intValue());
    }

    /** Whether those who connect are let in, or wait. */
    void accept(boolean now) {
        EpollServerSocketChannel listening = channel;
        if (listening != null) {
            listening
                    .eventLoop()
                    .submit(() -> listening.config().setAutoRead(now))
                    .syncUninterruptibly();
        }
    }

    private ServerChannel open() {
        EpollServerSocketChannel opened =
                given.map(EpollServerSocketChannel::new).orElseGet(EpollServerSocketChannel::new);
        if (given.isPresent()) {
            opened.pipeline().addLast(new AlreadyBound());
        }
        channel = opened;
        return opened;
    }

    private static final class AlreadyBound extends ChannelOutboundHandlerAdapter {
        @Override
        public void bind(ChannelHandlerContext context, SocketAddress wanted, ChannelPromise promise) {
            promise.setSuccess();
        }
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return this::open;
    }

    // The rest is epoll's.

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public boolean available() {
        return Transport.EPOLL.available();
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return Transport.EPOLL.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return this;
    }

    @Override
    public boolean supportsDomainSockets() {
        return epoll.supportsDomainSockets();
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        return epoll.ioHandlerFactory();
    }

    @Override
    public DatagramChannel datagramChannel() {
        return epoll.datagramChannel();
    }

    @Override
    @SuppressWarnings("deprecation") // The interface has it so.
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return epoll.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return epoll.channelFactory(domainSocket);
    }

    @Override
    public void configure(DatagramChannel datagrams, DatagramSocketOptions options) {
        epoll.configure(datagrams, options);
    }

    @Override
    public void configure(
            ClientOptionsBase options, int timeout, boolean domainSocket, io.netty.bootstrap.Bootstrap bootstrap) {
        epoll.configure(options, timeout, domainSocket, bootstrap);
    }

    @Override
    public void configure(
            NetServerOptions options, boolean domainSocket, io.netty.bootstrap.ServerBootstrap bootstrap) {
        epoll.configure(options, domainSocket, bootstrap);
    }
}
