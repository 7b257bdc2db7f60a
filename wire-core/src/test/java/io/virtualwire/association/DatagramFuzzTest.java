package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.port.DropReason;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import io.virtualwire.wire.WirePath;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams at the data port of a daemon that has a session: every one is understood or counted, and the session lives on. */
@Timeout(120)
class DatagramFuzzTest {
    private static final int LONGEST = 65_507;
    /* Where the datagram header, the message header and the plain form's tag have their fields. */
    private static final int[] FIELDS = {0, 1, 2, 4, 8, 12, 16, 17, 20, 24, 28, 32, 40, 44, 48, 56};
    private static final int[] MESSAGE_FIELDS = {0, 1, 2, 4, 8, 12, 16, 24, 28, 32};

    // The two loops stand still for seconds; nobody shall be given up for that.
    private final AssociationLimits limits = AssociationLimits.DEFAULT.silence(
            Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(300), Duration.ofSeconds(10));
    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Daemon a = Daemon.start(acme.issue("a"), limits);
    private final Daemon b = Daemon.start(acme.issue("b"), limits);
    private final WirePath toB = a.expect(b);
    private final WirePath toA = b.expectWithoutAddress(a);
    private final UnderlayAddress stranger = UnderlayAddress.ipv4(0x7f00_0001, 9);

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
    void whatIsForgedIsCountedAndChangesNothing() {
        List<byte[]> genuine = record();
        b.keepArrivals = false;
        b.run(() -> {
            long[] datagrams = {counted()};
            Fuzz.of("forged datagrams")
                    .onThisThread()
                    .allocatingAtMost(1 << 20)
                    .stillWorks(() -> assertThat(counted()).isEqualTo(datagrams[0]))
                    .run(200_000, new SpoiledBytes(genuine, LONGEST, FIELDS), bytes -> {
                        if (bytes.length == 0) {
                            return;
                        }
                        int last = bytes[bytes.length - 1] & 0xff;
                        int segment = last < 8 ? 1 + last * bytes.length / 8 : bytes.length;
                        datagrams[0] += (bytes.length + segment - 1) / segment;
                        b.transport.sink.datagrams(
                                bytes, 0, bytes.length, segment, last % 2 == 0 ? stranger : a.transport.localAddress());
                    });
            return null;
        });
        framesStillPass();
    }

    @Test
    void whatAPeerSealsMayBeNonsense() {
        List<byte[]> messages = new ArrayList<>();
        for (int kind : new int[] {
            MessageKind.FRAME,
            MessageKind.HELLO,
            MessageKind.RELAYED_FRAME,
            MessageKind.KEEPALIVE,
            MessageKind.KEEPALIVE_ACK,
            MessageKind.PROBE,
            MessageKind.PROBE_ACK,
            MessageKind.PATH_CHALLENGE,
            MessageKind.PATH_RESPONSE
        }) {
            byte[] message = new byte[MessageHeader.LENGTH + 8 + 100 * (kind % 3)];
            new MessageHeader(message, 0)
                    .kind(kind)
                    .wireIndex(kind < 0x20 ? 77 : 0)
                    .frameNumber(1)
                    .totalLength(message.length + 32);
            messages.add(message);
        }
        b.keepArrivals = false;
        a.run(() -> b.run(() -> {
            SendLane lane = a.associations.sessions().getFirst().strand(0).sendLane(0);
            byte[] datagram = new byte[1 << 17];
            MessageHeader header = new MessageHeader();
            Fuzz.of("sealed nonsense")
                    .onThisThread()
                    .allocatingAtMost(1 << 20)
                    .run(60_000, new SpoiledBytes(messages, LONGEST - SendLane.OVERHEAD, MESSAGE_FIELDS), message -> {
                        if (message.length < MessageHeader.LENGTH) {
                            return;
                        }
                        int length = lane.write(
                                datagram,
                                0,
                                header.wrap(message, 0),
                                message.length % 8 == 0,
                                message,
                                MessageHeader.LENGTH,
                                message.length - MessageHeader.LENGTH);
                        boolean elsewhere = message.length % 16 == 0;
                        b.transport.sink.datagrams(
                                datagram, 0, length, length, elsewhere ? stranger : a.transport.localAddress());
                    });
            return null;
        }));
        assertThat(b.run(toA::payloadBudget)).isBetween(400, LONGEST);
        framesPassAgain();
    }

    /** Each forgery costs a decryption; a flood of them costs no more than the limit, and nothing that the peer says. */
    @Test
    void aFloodOfForgeriesFromElsewhereIsHardlyLookedAt() {
        byte[] forged = record().getLast().clone();
        forged[0] = 0x11;
        forged[forged.length - 1] ^= 1;
        b.run(() -> {
            for (int i = 0; i < 20_000; i++) {
                b.transport.sink.datagrams(forged, 0, forged.length, forged.length, stranger);
            }
            b.transport.sink.datagrams(forged, 0, forged.length, forged.length, a.transport.localAddress());
            return null;
        });
        long lookedAt = b.drops(DropReason.NOT_AUTHENTIC);
        assertThat(lookedAt).isBetween(65L, 10_000L);
        assertThat(lookedAt + b.drops(DropReason.UNPROVEN_SOURCE)).isEqualTo(20_001);
        framesStillPass();
    }

    /** Genuine datagrams that never arrived. */
    private List<byte[]> record() {
        a.transport.recording = true;
        a.transport.fate = datagram -> null;
        for (int length : new int[] {0, 1, 60, 300, 1_100}) {
            a.send(toB, false, length, length + 8, length);
            a.send(toB, true, length, length + 8, length);
        }
        a.run(() -> {
            toB.flush();
            return null;
        });
        a.transport.recording = false;
        a.transport.fate = datagram -> datagram;
        return List.copyOf(a.transport.sent);
    }

    private long counted() {
        return b.associations.drops().values().stream()
                        .mapToLong(Long::longValue)
                        .sum()
                + b.count.get();
    }

    /** A peer's own word that it is elsewhere is followed until it is heard again from where it is; what goes there is lost. */
    private void framesPassAgain() {
        b.count.set(0);
        a.count.set(0);
        await().atMost(Daemon.PATIENCE).until(() -> {
            a.send(toB, false, 1, 51, 900);
            b.send(toA, false, 1, 51, 900);
            return b.count.get() >= 50 && a.count.get() >= 50;
        });
        assertThat(b.drops(DropReason.NO_SESSION)).isZero();
    }

    /** What is spoiled may be genuine still, and from elsewhere: then b follows it until it hears a from where a is. */
    private void framesStillPass() {
        b.count.set(0);
        a.count.set(0);
        a.send(toB, false, 1, 51, 900);
        await().atMost(Daemon.PATIENCE).until(() -> b.count.get() >= 50);
        b.send(toA, false, 1, 51, 900);
        await().atMost(Daemon.PATIENCE).until(() -> a.count.get() >= 50);
        assertThat(b.drops(DropReason.NO_SESSION)).isZero();
    }
}
