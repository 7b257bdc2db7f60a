package io.virtualwire.node;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.Session;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A socket of the bus from which only what a {@link BusFrame} finds nothing wrong with comes; the rest is refused at once. */
final class StrictSocket implements SockJSSocket {
    private final SockJSSocket socket;

    StrictSocket(SockJSSocket socket) {
        this.socket = socket;
    }

    @Override
    public SockJSSocket handler(@Nullable Handler<Buffer> handler) {
        if (handler == null) {
            socket.handler(null);
            return this;
        }
        socket.handler(message -> {
            Optional<JsonObject> refusal = new BusFrame(message.getBytes()).refusal();
            if (refusal.isPresent()) {
                socket.write(refusal.get().encode());
            } else {
                handler.handle(message);
            }
        });
        return this;
    }

    @Override
    public SockJSSocket exceptionHandler(@Nullable Handler<Throwable> handler) {
        socket.exceptionHandler(handler);
        return this;
    }

    @Override
    public SockJSSocket pause() {
        socket.pause();
        return this;
    }

    @Override
    public SockJSSocket resume() {
        socket.resume();
        return this;
    }

    @Override
    public SockJSSocket fetch(long amount) {
        socket.fetch(amount);
        return this;
    }

    @Override
    public SockJSSocket endHandler(@Nullable Handler<Void> handler) {
        socket.endHandler(handler);
        return this;
    }

    @Override
    public SockJSSocket closeHandler(@Nullable Handler<Void> handler) {
        socket.closeHandler(handler);
        return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
        return socket.write(data);
    }

    @Override
    public SockJSSocket setWriteQueueMaxSize(int size) {
        socket.setWriteQueueMaxSize(size);
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return socket.writeQueueFull();
    }

    @Override
    public SockJSSocket drainHandler(@Nullable Handler<Void> handler) {
        socket.drainHandler(handler);
        return this;
    }

    @Override
    public @Nullable String writeHandlerID() {
        return socket.writeHandlerID();
    }

    @Override
    public Future<Void> end() {
        return socket.end();
    }

    @Override
    public void close() {
        socket.close();
    }

    @Override
    public void close(int status, String reason) {
        socket.close(status, reason);
    }

    @Override
    public SocketAddress remoteAddress() {
        return socket.remoteAddress();
    }

    @Override
    public SocketAddress localAddress() {
        return socket.localAddress();
    }

    @Override
    public MultiMap headers() {
        return socket.headers();
    }

    @Override
    public String uri() {
        return socket.uri();
    }

    @Override
    public RoutingContext routingContext() {
        return socket.routingContext();
    }

    @Override
    public @Nullable Session webSession() {
        return socket.webSession();
    }

    @Override
    public @Nullable User webUser() {
        return socket.webUser();
    }
}
