package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.port.DropReason;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AssociationsTest {
    private static final AssociationLimits LIMITS = AssociationLimits.DEFAULT.silence(
            Duration.ofMillis(200), Duration.ofMillis(700), Duration.ofSeconds(5), Duration.ofSeconds(1));

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final List<Daemon> daemons = new ArrayList<>();

    @AfterEach
    void stop() {
        daemons.forEach(Daemon::close);
    }

    @Test
    void messagesFlowBothWaysSealedAndPlain() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = a.expect(b);
        WirePath toA = b.expectWithoutAddress(a);
        a.awaitUp(toB);
        b.awaitUp(toA);
        assertThat(toB.peer()).isEqualTo(b.identity);

        a.send(toB, false, 0, 200, 1000);
        a.send(toB, true, 200, 300, 900);
        b.send(toA, false, 0, 100, 1);

        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 300)));
        soon().untilAsserted(() -> assertThat(a.numbers()).containsExactlyElementsOf(range(0, 100)));
        assertThat(b.arrivals.get(17).payload()).hasSize(1000).containsOnly(17);
        assertThat(b.arrivals.get(17).plain()).isFalse();
        assertThat(b.arrivals.get(250).payload()).hasSize(900).containsOnly((byte) 250);
        assertThat(b.arrivals.get(250).plain()).isTrue();
        assertThat(b.run(b.associations::drops)).isEmpty();
    }

    @Test
    void sealedPayloadsAreNotSeenOnTheUnderlay() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        a.transport.recording = true;
        a.send(toB, false, 0x5a, 0x5b, 1000);
        soon().until(() -> !b.arrivals.isEmpty());
        assertThat(a.transport.sent)
                .allSatisfy(datagram ->
                        assertThat(longestRunOf(datagram, (byte) 0x5a)).isLessThan(8));
    }

    @Test
    void whatIsToldArrivesInOrder() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        a.run(() -> {
            for (int i = 1; i <= 500; i++) {
                assertThat(toB.tell(new PeerMessage.Withdraw(i))).isTrue();
            }
            return null;
        });
        soon().untilAsserted(() -> assertThat(b.told)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 500)
                        .mapToObj(i -> (PeerMessage) new PeerMessage.Withdraw(i))
                        .toList()));
    }

    @Test
    void nothingCanBeSentBeforeThereIsASession() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = a.expectWithoutAddress(b);
        a.send(toB, false, 0, 3, 100);
        assertThat(a.drops(DropReason.NO_SESSION)).isEqualTo(3);
        assertThat(a.run(() -> toB.tell(new PeerMessage.Withdraw(1)))).isFalse();
    }

    @Test
    void simultaneousDialsEndWithOneSession() {
        for (int round = 0; round < 5; round++) {
            Daemon a = start("a" + round);
            Daemon b = start("b" + round);
            WirePath toB = a.expect(b);
            WirePath toA = b.expect(a);
            a.awaitUp(toB);
            b.awaitUp(toA);
            soon().untilAsserted(() -> {
                assertThat(a.status(b).sessions()).hasSize(1);
                assertThat(b.status(a).sessions()).hasSize(1);
                assertThat(a.status(b).sessions().getFirst().dialled())
                        .as("the smaller identity's dial is kept")
                        .isTrue();
            });
            a.send(toB, false, 0, 10, 100);
            soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 10)));
            assertThat(a.downs).hasValue(0);
            assertThat(b.downs).hasValue(0);
        }
    }

    @Test
    void aKilledPeerIsBackWithinASecondOfItsRestart() {
        Daemon a = start("a");
        Credentials credentials = acme.issue("b");
        Daemon b = add(Daemon.start(credentials, LIMITS));
        WirePath toB = up(a, b);
        int port = b.associations.port();
        b.kill();
        a.send(toB, false, 0, 50, 100);

        /* Meanwhile the port is anybody's: a short connection of another test may have it for a moment. */
        Daemon reborn = add(await().ignoreExceptionsMatching(WireException.class::isInstance)
                .until(() -> Daemon.start(credentials, LIMITS, port), Objects::nonNull));
        long restarted = System.nanoTime();
        WirePath toA = reborn.expect(a);
        reborn.awaitUp(toA);
        soon().until(() -> a.ups.size() >= 2);
        a.send(toB, false, 100, 110, 100);
        soon().untilAsserted(() -> assertThat(reborn.numbers()).containsExactlyElementsOf(range(100, 110)));
        assertThat(Duration.ofNanos(System.nanoTime() - restarted)).isLessThan(Duration.ofSeconds(1));
        assertThat(a.ups).startsWith(true, true);
        assertThat(a.downs.get()).isLessThanOrEqualTo(1);
    }

    @Test
    void trafficGoesOnWhenTheControlStreamBreaks() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        a.run(() -> {
            a.associations.sessions().forEach(session -> session.stream().cut());
            return null;
        });
        a.send(toB, false, 0, 100, 500);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 100)));
        soon().untilAsserted(() -> {
            assertThat(a.ups).containsExactly(true, false);
            assertThat(a.status(b).sessions()).hasSize(1).allMatch(SessionStatus::controlStream);
        });
        assertThat(a.downs).hasValue(0);
    }

    @Test
    void reKeyingUnderLoadLosesNothing() {
        AssociationLimits often = LIMITS.rekeying(Duration.ofHours(1), 3000);
        Daemon a = add(Daemon.start(acme.issue("a"), often));
        Daemon b = add(Daemon.start(acme.issue("b"), often));
        WirePath toB = up(a, b);
        long sent = 0;
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (a.ups.size() < 4 && System.nanoTime() < end) {
            a.send(toB, false, sent, sent + 20, 1100);
            sent += 20;
            long expected = sent;
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> b.count.get() >= expected);
        }
        assertThat(a.ups.size()).isGreaterThanOrEqualTo(4);
        assertThat(b.numbers()).containsExactlyElementsOf(range(0, sent));
        assertThat(a.downs).hasValue(0);
        assertThat(b.run(b.associations::drops)).isEmpty();
    }

    @Test
    void reKeysByTime() {
        AssociationLimits often = LIMITS.rekeying(Duration.ofMillis(300), 1 << 20);
        Daemon a = add(Daemon.start(acme.issue("a"), often));
        Daemon b = add(Daemon.start(acme.issue("b"), often));
        up(a, b);
        soon().until(() -> a.ups.size() >= 3 && b.ups.size() >= 3);
        assertThat(a.downs).hasValue(0);
    }

    @Test
    void capturedDatagramsAreDroppedWhenTheyComeAgain() throws Exception {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        a.transport.recording = true;
        a.send(toB, false, 0, 100, 300);
        a.send(toB, true, 100, 150, 300);
        soon().until(() -> b.arrivals.size() == 150);
        a.transport.recording = false;
        int captured = a.transport.sent.size();
        try (DatagramSocket attacker = new DatagramSocket()) {
            for (byte[] datagram : a.transport.sent) {
                attacker.send(new DatagramPacket(datagram, datagram.length, target(b)));
            }
        }
        soon().untilAsserted(() -> assertThat(b.drops(DropReason.REPLAYED)).isEqualTo(captured));
        assertThat(b.arrivals).hasSize(150);
        assertThat(a.drops(DropReason.REPLAYED)).isZero();
    }

    @Test
    void ofWhatIsSentTwiceEitherCopyWillDoAndOneIsTaken() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        Set<ByteBuffer> before = ConcurrentHashMap.newKeySet();
        a.transport.fate =
                datagram -> datagram.length < 300 || !before.add(ByteBuffer.wrap(datagram)) ? datagram : null;
        a.send(toB::sendTwice, false, 0, 20, 300);
        a.send(toB::sendTwice, true, 20, 40, 300);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 40)));
        assertThat(b.drops(DropReason.REPLAYED)).isZero();

        a.transport.fate = datagram -> datagram;
        a.send(toB::sendTwice, false, 40, 60, 300);
        soon().untilAsserted(() -> assertThat(b.drops(DropReason.REPLAYED)).isEqualTo(20));
        assertThat(b.numbers()).containsExactlyElementsOf(range(0, 60));
    }

    @Test
    void tamperedDatagramsAreDropped() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        Random random = new Random(4);
        a.transport.fate = datagram -> {
            datagram[48 + random.nextInt(datagram.length - 48)] ^= (byte) (1 << random.nextInt(8));
            return datagram;
        };
        a.send(toB, false, 0, 100, 300);
        soon().untilAsserted(() -> assertThat(b.drops(DropReason.NOT_AUTHENTIC)).isGreaterThanOrEqualTo(100));
        a.transport.fate = datagram -> {
            datagram[2 + random.nextInt(2)] ^= 1;
            return datagram;
        };
        a.send(toB, true, 0, 100, 300);
        soon().untilAsserted(() -> assertThat(b.drops(DropReason.NOT_AUTHENTIC)).isGreaterThanOrEqualTo(200));
        a.transport.fate = datagram -> datagram;
        a.send(toB, false, 500, 510, 300);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(500, 510)));
    }

    @Test
    void onlyFramesMayBePlainAndOnlyAnnouncedLanesAreHeard() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        a.run(() -> {
            for (int kind = 0; kind < 256; kind++) {
                toB.send(new MessageHeader().kind(kind).wireIndex(kind % 2), true, new byte[8], 0, 8);
            }
            return null;
        });
        soon().untilAsserted(() -> assertThat(b.drops(DropReason.PLAIN_REFUSED)).isEqualTo(255));
        assertThat(b.count).hasValue(1);
        a.transport.fate = datagram -> {
            datagram[1] = 9;
            return datagram;
        };
        a.send(toB, false, 0, 10, 100);
        soon().untilAsserted(() -> assertThat(b.drops(DropReason.UNKNOWN_LANE)).isGreaterThanOrEqualTo(10));
        assertThat(b.count).hasValue(1);
    }

    /** From the peer's own address, as many as there may be, again and again: a newcomer displaces the oldest of them. */
    @Test
    void strangersWhoSayNothingDoNotKeepAPeerOut() throws Exception {
        AssociationLimits patient = LIMITS.handshaking(Duration.ofSeconds(30), 16);
        Daemon a = add(Daemon.start(acme.issue("a"), patient));
        Daemon b = start("b");
        up(a, b);
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                idle.add(new Socket("127.0.0.1", a.associations.port()));
            }
            soon().until(() -> a.associations.refusedHandshakes() == 60);
            Daemon c = start("c");
            long began = System.nanoTime();
            c.awaitUp(c.expect(a));
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("the silent ones have not come to their end")
                    .isLessThan(Duration.ofSeconds(15));
            assertThat(a.associations.refusedHandshakes()).isLessThanOrEqualTo(64);
            assertThat(b.downs).as("what is established does not notice").hasValue(0);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void strangersWhoSayNothingAreFewAndDoNotStay() throws Exception {
        AssociationLimits strict = LIMITS.handshaking(Duration.ofMillis(500), 4);
        Daemon a = add(Daemon.start(acme.issue("a"), strict));
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                idle.add(new Socket("127.0.0.1", a.associations.port()));
            }
            soon().until(() -> a.associations.refusedHandshakes() == 20);
            Daemon b = start("b");
            b.awaitUp(b.expect(a));
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void aSilentUnderlayDoesNotCauseAFloodOfHandshakes() {
        Daemon a = start("a");
        Daemon b = start("b");
        up(a, b);
        a.transport.fate = datagram -> null;
        b.transport.fate = datagram -> null;
        soon().until(() -> a.ups.size() >= 2);
        assertThat(a.status(b).suspect()).isTrue();
        await().during(Duration.ofMillis(1500)).atMost(Duration.ofSeconds(3)).until(() -> a.ups.size() <= 3);
    }

    @Test
    void aFloodIsFilteredAndWhatFlowsIsNot() throws Exception {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        byte[] garbage = new byte[64];
        try (DatagramSocket attacker = new DatagramSocket()) {
            soon().pollInterval(Duration.ofMillis(5)).until(() -> {
                for (int i = 0; i < 256; i++) {
                    attacker.send(new DatagramPacket(garbage, garbage.length, target(b)));
                }
                return b.transport.guard.isPresent();
            });
            assertThat(b.transport.guard.orElseThrow().words())
                    .as("its session")
                    .hasSize(1);
            assertThat(b.transport.guard.orElseThrow().ipv4Sources()).containsExactly(0x7f00_0001);
            a.send(toB, false, 0, 10, 100);
            soon().until(() -> b.count.get() == 10);
        }
    }

    @Test
    void garbageCostsNothingButACount() throws Exception {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        Random random = new Random(5);
        try (DatagramSocket attacker = new DatagramSocket()) {
            for (int i = 0; i < 3000; i++) {
                byte[] garbage = new byte[1 + random.nextInt(200)];
                random.nextBytes(garbage);
                if (i % 2 == 0) {
                    garbage[0] = 0x11;
                }
                attacker.send(new DatagramPacket(garbage, garbage.length, target(b)));
                if (i % 100 == 0) {
                    long most = i;
                    soon().until(() -> total(b) >= most * 9 / 10);
                }
            }
        }
        soon().until(() -> total(b) >= 2700);
        a.send(toB, false, 0, 10, 300);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 10)));
        assertThat(b.run(b.associations::drops))
                .containsOnlyKeys(
                        DropReason.TRUNCATED,
                        DropReason.UNKNOWN_VERSION,
                        DropReason.UNKNOWN_TYPE,
                        DropReason.UNKNOWN_SESSION);
    }

    @Test
    void aStrangersAuthorityIsRefused() {
        TenantAuthority other = TenantAuthority.create("acme", InstantSource.system());
        Daemon a = start("a");
        Daemon mallory = add(Daemon.start(other.issue("b"), LIMITS));
        mallory.expect(a);
        a.expect(mallory);
        soon().until(() -> a.associations.refusedHandshakes() >= 2);
        assertThat(a.ups).isEmpty();
        assertThat(mallory.ups).isEmpty();
    }

    @Test
    void thePeerMustBeTheOneThatWasMeant() {
        Daemon a = start("a");
        Daemon b = start("b");
        Daemon c = start("c");
        a.run(() -> a.associations.acquire(b.identity, List.of(c.address())));
        soon().until(() -> c.associations.refusedHandshakes() >= 2);
        assertThat(a.ups).isEmpty();
        assertThat(c.ups).isEmpty();
    }

    @Test
    void addressesAreTriedInOrderUntilOneAnswers() {
        Daemon a = start("a");
        Daemon b = start("b");
        Daemon c = start("c");
        WirePath toB = a.run(() -> a.associations.acquire(
                b.identity, List.of("no-such-host.invalid:1", c.address(), "127.0.0.1:1", b.address())));
        a.awaitUp(toB);
        assertThat(a.status(b).address()).contains(b.address());
    }

    @Test
    void refusesAddressesThatAreNone() {
        Daemon a = start("a");
        Daemon b = start("b");
        assertThatThrownBy(() -> a.run(() -> a.associations.acquire(b.identity, List.of("127.0.0.1"))))
                .hasRootCauseInstanceOf(WireException.class)
                .hasRootCauseMessage("path '127.0.0.1' of a peer is not host:port");
    }

    @Test
    void aPeerThatSaysNonsenseIsCutOff() throws Exception {
        Daemon a = start("a");
        for (byte[] nonsense : List.of("GET / HTTP/1.1\r\n\r\n".getBytes(), new byte[5000], new byte[] {22, 3, 1})) {
            try (Socket socket = new Socket("127.0.0.1", a.associations.port())) {
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.write(nonsense);
                out.flush();
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (SocketException e) {
                // A reset is as good as an end.
            }
        }
        soon().until(() -> a.associations.refusedHandshakes() == 3);
    }

    @Test
    void findsThePathMtu() {
        Daemon a = start("a");
        Daemon b = start("b");
        a.transport.budget = Optional.of(8972);
        a.transport.largest = 1472;
        WirePath toB = up(a, b);
        soon().untilAsserted(() -> assertThat(a.status(b).pathMtu()).isEqualTo(1472));
        assertThat(a.run(toB::payloadBudget)).isEqualTo(1472 - 64);
        a.transport.largest = 1300;
        soon().untilAsserted(() -> assertThat(a.status(b).pathMtu()).isLessThanOrEqualTo(1300));
        a.send(toB, false, 0, 10, 1000);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 10)));
    }

    @Test
    void followsAPeerWhoseAddressChanges() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        WirePath toA = b.expectWithoutAddress(a);
        try (NatBox nat = new NatBox(target(b))) {
            a.transport.detour = Optional.of(UnderlayAddress.of(nat.innerAddress()));
            soon().untilAsserted(() -> assertThat(b.status(a).address()).contains(nat.outerAddress()));
            nat.rebind();
            soon().untilAsserted(() -> assertThat(b.status(a).address()).contains(nat.outerAddress()));
            b.send(toA, false, 0, 10, 100);
            a.send(toB, false, 0, 10, 100);
            soon().untilAsserted(() -> assertThat(a.numbers()).containsExactlyElementsOf(range(0, 10)));
            soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 10)));
            assertThat(a.status(b).sessions()).hasSize(1);
        }
    }

    /** Somebody on the way copies a datagram and is faster than the original: the address must not follow the copy. */
    @Test
    void doesNotFollowACopiedDatagram() throws Exception {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        try (DatagramSocket attacker = new DatagramSocket()) {
            a.transport.fate = datagram -> {
                try {
                    attacker.send(new DatagramPacket(datagram, datagram.length, target(b)));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                return null;
            };
            a.send(toB, false, 0, 10, 100);
            soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 10)));
            attacker.setSoTimeout(5000);
            DatagramPacket challenge = new DatagramPacket(new byte[2000], 2000);
            attacker.receive(challenge);
            assertThat(challenge.getLength()).isEqualTo(64 + 8);
            assertThat(b.status(a).address()).contains(a.address());
        }
    }

    /** What was held up on the way tells where the peer was, not where it is. */
    @Test
    void doesNotFollowADatagramThatIsLate() throws Exception {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        List<byte[]> late = new CopyOnWriteArrayList<>();
        a.transport.fate = datagram -> {
            late.add(datagram);
            return null;
        };
        a.send(toB, false, 0, 1, 100);
        /* It leaves at the end of the turn. Keep-alives are smaller, probes of the path larger. */
        soon().until(() -> late.stream().anyMatch(datagram -> datagram.length >= 100 && datagram.length < 300));
        a.transport.fate = datagram -> datagram;
        a.send(toB, false, 1, 10, 100);
        soon().until(() -> b.count.get() == 9);
        try (DatagramSocket elsewhere = new DatagramSocket()) {
            for (byte[] datagram : late) {
                elsewhere.send(new DatagramPacket(datagram, datagram.length, target(b)));
            }
            soon().until(() -> b.count.get() == 10);
            elsewhere.setSoTimeout(300);
            assertThatThrownBy(() -> elsewhere.receive(new DatagramPacket(new byte[2000], 2000)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(b.status(a).address()).contains(a.address());
    }

    @Test
    void measuresTheRoundTrip() {
        Daemon a = start("a");
        Daemon b = start("b");
        up(a, b);
        soon().untilAsserted(() -> assertThat(a.status(b).roundTrip())
                .hasValueSatisfying(time -> assertThat(time).isBetween(Duration.ofNanos(1), Duration.ofSeconds(1))));
    }

    @Test
    void whatTheUnderlayLosesShortensFrames() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath path = up(a, b);
        assertThat(path.datagramsPerFrame()).isEqualTo(WirePath.ANY_DATAGRAMS);
        AtomicInteger count = new AtomicInteger();
        a.transport.fate = datagram -> count.incrementAndGet() % 50 == 0 ? null : datagram;

        soon().until(() -> {
            a.send(path, false, 0, 500, 100);
            return path.datagramsPerFrame() == 1;
        });
    }

    @Test
    void aSilentPathIsSuspectAndDeadAfterAWhile() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = up(a, b);
        assertThat(toB.isSilent()).isFalse();
        a.transport.fate = datagram -> null;
        b.transport.fate = datagram -> null;
        soon().until(() -> a.status(b).suspect());
        soon().until(toB::isSilent);
        a.transport.fate = datagram -> datagram;
        b.transport.fate = datagram -> datagram;
        soon().until(() -> !a.status(b).suspect());
        soon().until(() -> !toB.isSilent());
        a.send(toB, false, 0, 10, 100);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 10)));
        assertThat(a.downs).hasValue(0);
    }

    /** A connector that is started again ends its sessions first; whoever takes it for dead then hands its guests' switch away. */
    @Test
    void whoHasJustClosedIsNotSilentYet() {
        AssociationLimits patient = LIMITS.silence(
                Duration.ofMillis(200), Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofSeconds(1));
        Daemon a = add(Daemon.start(acme.issue("a"), patient));
        Daemon b = start("b");
        WirePath toB = up(a, b);
        b.close();
        soon().until(() -> !toB.isUp());
        assertThat(toB.isSilent()).isFalse();
        soon().until(toB::isSilent);
    }

    @Test
    void anOrderlyCloseIsSeenAtOnce() {
        Daemon a = start("a");
        Daemon b = start("b");
        up(a, b);
        b.close();
        soon().until(() -> a.downs.get() == 1);
    }

    @Test
    void whatNobodyHoldsIsClosedAfterAWhile() {
        AssociationLimits limits = LIMITS.lingering(Duration.ofMillis(300));
        Daemon a = add(Daemon.start(acme.issue("a"), limits));
        Daemon b = add(Daemon.start(acme.issue("b"), limits));
        up(a, b);
        a.release(b);
        soon().until(() -> a.run(a.associations::status).isEmpty());
        soon().until(() -> b.downs.get() == 1);
    }

    @Test
    void aSessionThatIsNeededAgainSoonIsStillThere() {
        Daemon a = start("a");
        Daemon b = start("b");
        up(a, b);
        a.release(b);
        b.release(a);
        await().during(Duration.ofMillis(300)).until(() -> a.status(b).up());
        WirePath again = a.expect(b);
        assertThat(a.run(again::isUp)).isTrue();
        a.send(again, false, 0, 10, 100);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 10)));
        assertThat(a.ups).hasSize(1);
        assertThat(a.status(b).sessions()).hasSize(1);
    }

    /** The peer cannot dial: it was told no address. */
    @Test
    void aSessionThatOnlyThePeerNeedsIsKept() {
        AssociationLimits limits = LIMITS.lingering(Duration.ofMillis(400));
        Daemon a = add(Daemon.start(acme.issue("a"), limits));
        Daemon b = add(Daemon.start(acme.issue("b"), limits));
        b.offers = List.of(offer(7));
        up(a, b);
        WirePath toA = b.expectWithoutAddress(a);
        soon().until(() -> !a.told.isEmpty());
        a.release(b);
        await().during(Duration.ofMillis(900)).until(() -> b.run(toA::isUp));

        a.run(() -> {
            a.associations.sessions().forEach(session -> session.stream().cut());
            return null;
        });
        soon().until(() -> a.ups.size() == 2 && b.ups.size() == 2);
        await().during(Duration.ofMillis(900)).until(() -> b.run(toA::isUp));

        b.run(() -> toA.tell(new PeerMessage.Withdraw(7)));
        soon().until(() -> b.downs.get() == 1);
    }

    @Test
    void severalWiresToOnePeerShareASession() {
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath first = up(a, b);
        WirePath second = a.expect(b);
        assertThat(second).isSameAs(first);
        a.release(b);
        assertThat(a.run(second::isUp)).isTrue();
        assertThat(a.status(b).sessions()).hasSize(1);
    }

    private static PeerMessage offer(long index) {
        Generation first = new Generation(1, "");
        return new PeerMessage.Offer(WireId.named("w"), Side.A, first, first, index, Role.ACTIVE, false, false);
    }

    private WirePath up(Daemon from, Daemon to) {
        WirePath path = from.expect(to);
        WirePath back = to.expectWithoutAddress(from);
        from.awaitUp(path);
        to.awaitUp(back);
        return path;
    }

    private Daemon start(String name) {
        return add(Daemon.start(acme.issue(name), LIMITS));
    }

    private Daemon add(Daemon daemon) {
        daemons.add(daemon);
        return daemon;
    }

    private static long total(Daemon daemon) {
        return daemon.run(daemon.associations::drops).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static InetSocketAddress target(Daemon daemon) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), daemon.associations.port());
    }

    private static ConditionFactory soon() {
        return await().atMost(Daemon.PATIENCE).pollInterval(Duration.ofMillis(5));
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static int longestRunOf(byte[] bytes, byte value) {
        int longest = 0;
        int run = 0;
        for (byte each : bytes) {
            run = each == value ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }
}
