package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.association.StreamMessage.Told;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The TCP side of the data port of a daemon that has a session: strangers and proved peers say what they like, and it lives on. */
@Timeout(120)
class HandshakeFuzzTest {
    private static final int LONGEST = 20_000;
    private static final int PATIENCE_MILLIS = 10_000;

    private final AssociationLimits limits = AssociationLimits.DEFAULT.handshaking(Duration.ofMillis(300), 64);
    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials mallory = acme.issue("mallory");
    private final Daemon a = Daemon.start(acme.issue("a"), limits);
    private final Daemon b = Daemon.start(acme.issue("b"), limits);
    private final WirePath toB = a.expect(b);
    private final WirePath toA = b.expectWithoutAddress(a);

    @BeforeEach
    void up() {
        a.awaitUp(toB);
        b.awaitUp(toA);
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    @Test
    void strangersAreCutOff() throws IOException {
        SSLEngine client = new TlsContexts(mallory).clientEngine(b.identity);
        client.beginHandshake();
        ByteBuffer hello = ByteBuffer.allocate(1 << 16);
        client.wrap(ByteBuffer.allocate(0), hello);
        byte[] record = Arrays.copyOf(hello.array(), hello.position());
        Fuzz.of("strangers at the data port")
                .refusing(IOException.class)
                .stillWorks(this::framesStillPass)
                .run(120, new SpoiledBytes(List.of(record), LONGEST, 0, 1, 3, 5, 6, 9, 43, 44), input -> {
                    try (Socket socket = connect()) {
                        socket.getOutputStream().write(input);
                        socket.shutdownOutput();
                        drain(socket.getInputStream());
                    }
                });
        await().atMost(Daemon.PATIENCE).until(() -> b.associations.refusedHandshakes() >= 100);
    }

    @Test
    void provedPeersThatTalkNonsenseHarmNobodyElse() {
        StreamCodec codec = new StreamCodec();
        Generation generation = Generation.parse("7:west");
        Hello hello = new Hello(1, List.of("frames"), new UUID(1, 2), 77, 1, List.of(9), List.of("aes-256-gcm"), false);
        byte[] said = concatenated(
                codec.encode(hello),
                codec.encode(new StreamMessage.Ready()),
                codec.encode(new Told(
                        new PeerMessage.Offer(
                                WireId.named("w"), Side.A, generation, generation, 5, Role.ACTIVE, false, false),
                        1)),
                codec.encode(new Told(new PeerMessage.Withdraw(5), 2)));
        Fuzz.of("proved peers at the data port")
                .refusing(IOException.class)
                .stillWorks(this::framesStillPass)
                .run(40, new SpoiledBytes(List.of(said), LONGEST, 0, 1, 2, 3), input -> {
                    try (Socket socket = connect();
                            SSLSocket tls = new TlsContexts(mallory).clientSocket(socket, b.identity)) {
                        tls.startHandshake();
                        tls.getOutputStream().write(input);
                        tls.shutdownOutput();
                        drain(tls.getInputStream());
                    }
                });
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), b.associations.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Waits until the daemon has ended the connection; that it does is what is promised. */
    private static void drain(InputStream in) throws IOException {
        try {
            in.readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the daemon keeps a connection on which nonsense was said", e);
        }
    }

    private void framesStillPass() {
        b.count.set(0);
        a.count.set(0);
        a.send(toB, false, 1, 11, 900);
        b.send(toA, false, 1, 11, 900);
        await().atMost(Daemon.PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> b.count.get() >= 10 && a.count.get() >= 10);
        assertThat(a.ups).hasSize(1);
    }

    private static byte[] concatenated(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}
