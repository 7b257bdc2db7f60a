package io.virtualwire.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long somebody who asks waits for a connection: not long for a host that is away, longer for one that is there and has much to
 * do before it shakes hands.
 *
 * <p>The library has one limit for both. So that is the limit of both together, and a connection that has not come about after a moment
 * is looked after by another one, which only sees whether anybody takes connections there at all.
 *
 * @param moment after which that is looked at
 * @param tcp from the beginning until the host has to have taken a connection
 * @param tls from then on until hands have to be shaken
 */
record Patience(Duration moment, Duration tcp, Duration tls) {
    static final Patience DEFAULT = new Patience(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(15));

    /** Of both. */
    Duration connect() {
        return tcp.plus(tls);
    }

    /** Why nobody is there, if within its time neither {@code underWay} has ended nor the host has taken a connection. */
    Optional<IOException> absence(CompletableFuture<?> underWay, HostAddress address) throws InterruptedException {
        try {
            underWay.get(moment.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException | CancellationException ended) {
            return Optional.empty();
        } catch (TimeoutException late) {
            return look(address).filter(absent -> !underWay.isDone());
        }
    }

    private Optional<IOException> look(HostAddress address) {
        try (Socket look = new Socket()) {
            look.connect(
                    new InetSocketAddress(InetAddress.getByName(address.host()), address.port()),
                    Math.toIntExact(tcp.minus(moment).toMillis()));
            return Optional.empty();
        } catch (SocketTimeoutException silent) {
            return Optional.of(new HttpConnectTimeoutException("no answer"));
        } catch (ConnectException refused) {
            return Optional.of(refused);
        } catch (IOException other) {
            // Whatever that is, the connection that is under way will say it better.
            return Optional.empty();
        }
    }
}
