package io.virtualwire.connector.journal;

import static io.virtualwire.connector.journal.Requests.SIDE;
import static io.virtualwire.connector.journal.Requests.TENANT;
import static io.virtualwire.connector.journal.Requests.connect;
import static io.virtualwire.connector.journal.Requests.generation;
import static io.virtualwire.connector.journal.Requests.ledger;
import static io.virtualwire.connector.journal.Requests.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.JournalEntry.SettledRole;
import io.virtualwire.connector.journal.JournalEntry.SideSettled;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private final Ledger ledger = ledger();

    @Test
    void connectingTwiceIsOneEntry() {
        ConnectRequest request = connect(1, peer("b", 1));
        assertThat(accept(request)).isEqualTo(1);
        assertThat(accept(request)).isZero();
        assertThat(ledger.side(SIDE).orElseThrow().requests()).containsExactly(request);
    }

    @Test
    void anUnknownEndpointIsNotFound() {
        refused(ErrorCode.NOT_FOUND, () -> ledger.connect(TENANT, connect(SIDE.wire(), "nowhere", 1, peer("b", 1))));
    }

    @Test
    void aLowerGenerationIsStale() {
        accept(connect(2, peer("b", 1)));
        refused(ErrorCode.STALE_GENERATION, () -> ledger.connect(TENANT, connect(1, peer("b", 1))));
    }

    @Test
    void aHigherGenerationReplaces() {
        accept(connect(1, peer("b", 1)));
        accept(connect(2, peer("c", 1)));
        assertThat(ledger.side(SIDE).orElseThrow().requests()).containsExactly(connect(2, peer("c", 1)));
    }

    @Test
    void theSameGenerationWithOtherContentIsAConflict() {
        accept(connect(1, peer("b", 1)));
        ledger.apply(Requests.endpoint("db"));
        refused(
                ErrorCode.GENERATION_CONFLICT,
                () -> ledger.connect(TENANT, connect(SIDE.wire(), "db", 1, peer("b", 1))));
        ConnectRequest plain = withOptions(connect(1, peer("b", 1)), new ConnectOptions(Role.ACTIVE, true));
        refused(ErrorCode.GENERATION_CONFLICT, () -> ledger.connect(TENANT, plain));
        refused(ErrorCode.GENERATION_CONFLICT, () -> ledger.connect(TENANT, connect(1, peer("c", 1))));
    }

    @Test
    void aRepeatWithAnotherRoleIsTheSameSide() {
        accept(withOptions(connect(1, peer("b", 1)), new ConnectOptions(Role.STANDBY, false)));
        assertThat(accept(connect(1, peer("b", 1)))).isZero();
        assertThat(ledger.side(SIDE).orElseThrow().role()).isEqualTo(SettledRole.STANDBY);
    }

    @Test
    void aRelayToALowerGenerationIsRefused() {
        ConnectRequest plainly = connect(2, peer("b", 1));
        RelayDescription lower = new RelayDescription(peer("d", 1).identity(), generation(2), List.of());
        refused(
                ErrorCode.BAD_REQUEST,
                () -> ledger.connect(
                        TENANT,
                        new ConnectRequest(
                                plainly.wire(),
                                plainly.side(),
                                plainly.generation(),
                                plainly.endpoint(),
                                plainly.peer(),
                                plainly.options(),
                                Optional.of(lower),
                                Optional.empty())));
    }

    @Test
    void anEndpointKnowsItsUsers() {
        EndpointKey web = new EndpointKey(TENANT, "web");
        accept(connect(1, peer("b", 1)));
        assertThat(ledger.usersOf(web)).containsExactly(SIDE);
        Runnable undo =
                ledger.apply(new JournalEntry.SideDisconnected(TENANT, SIDE.wire(), SIDE.side(), generation(1)));
        assertThat(ledger.usersOf(web)).isEmpty();
        undo.run();
        assertThat(ledger.usersOf(web)).containsExactly(SIDE);
    }

    @Test
    void aHigherPeerIsKeptBesideTheFormerOne() {
        accept(connect(1, peer("b", 1)));
        accept(connect(1, peer("c", 2)));
        assertThat(ledger.side(SIDE).orElseThrow().requests())
                .extracting(it -> it.peer().identity().name())
                .containsExactly("b", "c");
        refused(ErrorCode.STALE_GENERATION, () -> ledger.connect(TENANT, connect(1, peer("b", 1))));
    }

    @Test
    void aFenceForgetsTheFormerPeer() {
        accept(connect(1, peer("b", 1)));
        PeerDescription successor = peer("c", 2);
        accept(connect(1, new PeerDescription(successor.identity(), successor.generation(), successor.paths(), true)));
        assertThat(ledger.side(SIDE).orElseThrow().requests()).hasSize(1);
    }

    @Test
    void newPathsOfTheSamePeerReplaceTheOldOnes() {
        accept(connect(1, peer("b", 1)));
        PeerDescription moved =
                new PeerDescription(peer("b", 1).identity(), generation(1), List.of("198.51.100.7:7471"), false);
        assertThat(accept(connect(1, moved))).isEqualTo(1);
        assertThat(ledger.side(SIDE).orElseThrow().requests())
                .singleElement()
                .extracting(it -> it.peer().paths())
                .isEqualTo(List.of("198.51.100.7:7471"));
    }

    @Test
    void aRelayIsRememberedByALaterRequestWithoutOne() {
        RelayDescription relay = new RelayDescription(peer("d", 1).identity(), generation(2), List.of());
        ConnectRequest plainly = connect(1, peer("b", 1));
        accept(new ConnectRequest(
                plainly.wire(),
                plainly.side(),
                plainly.generation(),
                plainly.endpoint(),
                plainly.peer(),
                plainly.options(),
                Optional.of(relay),
                Optional.empty()));
        assertThat(accept(plainly)).isZero();
        assertThat(ledger.side(SIDE).orElseThrow().latest().relayTo()).contains(relay);
    }

    @Test
    void disconnectingTheAbsentSucceedsAndFencesWhatComesLate() {
        assertThat(disconnect(3)).isEqualTo(1);
        assertThat(disconnect(3)).isZero();
        assertThat(disconnect(2)).isZero();
        refused(ErrorCode.STALE_GENERATION, () -> ledger.connect(TENANT, connect(2, peer("b", 1))));
        refused(ErrorCode.STALE_GENERATION, () -> ledger.connect(TENANT, connect(3, peer("b", 1))));
        accept(connect(4, peer("b", 1)));
        assertThat(ledger.side(SIDE).orElseThrow().isConnected()).isTrue();
    }

    @Test
    void aLateCopyOfTheConnectBringsNothingBack() {
        ConnectRequest request = connect(1, peer("b", 1));
        accept(request);
        disconnect(1);
        refused(ErrorCode.STALE_GENERATION, () -> ledger.connect(TENANT, request));
        Ledger replayed = new Ledger();
        ledger.entries().forEach(replayed::apply);
        refused(ErrorCode.STALE_GENERATION, () -> replayed.connect(TENANT, request));
        assertThat(disconnect(1)).as("that may be repeated").isZero();
    }

    /** An older release took the same generation again. */
    @Test
    void whatAnOlderReleaseBroughtBackIsThere() {
        ConnectRequest request = connect(1, peer("b", 1));
        accept(request);
        ledger.apply(new JournalEntry.SideDisconnected(TENANT, SIDE.wire(), SIDE.side(), generation(1)));
        ledger.apply(new JournalEntry.SideConnected(TENANT, request));
        assertThat(ledger.side(SIDE).orElseThrow().isConnected()).isTrue();
    }

    @Test
    void disconnectingWithALowerGenerationIsStale() {
        accept(connect(2, peer("b", 1)));
        refused(ErrorCode.STALE_GENERATION, () -> ledger.disconnect(SIDE, generation(1)));
    }

    @Test
    void twoTenantsMayHaveASideOfTheSameName() {
        accept(connect(1, peer("b", 1)));
        SideKey theirs = new SideKey("rival", SIDE.wire(), SIDE.side());
        assertThat(ledger.disconnect(theirs, generation(9)))
                .as("as if it had never been")
                .hasSize(1);
        ledger.apply(new JournalEntry.EndpointPut("rival", EndpointDescription.named("web")));
        ledger.connect("rival", connect(7, peer("b", 1))).forEach(ledger::apply);
        assertThat(ledger.side(SIDE).orElseThrow().generation()).isEqualTo(generation(1));
        assertThat(ledger.side(theirs).orElseThrow().generation()).isEqualTo(generation(7));
        assertThat(accept(connect(2, peer("b", 1)))).isEqualTo(1);
    }

    /** A tenant that disconnects what was never there makes only its own memory short. */
    @Test
    void eachTenantsMemoryIsItsOwn() {
        accept(connect(1, peer("b", 1)));
        accept(connect(2, peer("b", 1)));
        disconnect(2);
        for (int i = 0; i < Ledger.LONGEST_MEMORY + 10; i++) {
            ledger.apply(new JournalEntry.SideDisconnected("rival", WireId.named("w" + i), SIDE.side(), generation(1)));
        }
        assertThat(ledger.size()).isEqualTo(Ledger.LONGEST_MEMORY + 2);
        refused(ErrorCode.STALE_GENERATION, () -> accept(connect(1, peer("b", 1))));
        List<JournalEntry> before = ledger.entries();
        ledger.apply(new JournalEntry.SideDisconnected("rival", WireId.named("one more"), SIDE.side(), generation(1)))
                .run();
        assertThat(ledger.entries()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void whatAnOlderReleaseSettledIsUnderstood() {
        accept(connect(1, peer("b", 1)));
        ledger.apply(new SideSettled("", SIDE.wire(), SIDE.side(), generation(1), SettledRole.YIELDED, generation(1)));
        assertThat(ledger.side(SIDE).orElseThrow().role()).isEqualTo(SettledRole.YIELDED);
    }

    @Test
    void whatSettledIsRememberedAndFormerPeersAreForgotten() {
        accept(connect(1, peer("b", 1)));
        accept(connect(1, peer("c", 2)));
        SideSettled news =
                new SideSettled(TENANT, SIDE.wire(), SIDE.side(), generation(1), SettledRole.YIELDED, generation(2));
        ledger.settle(news).forEach(ledger::apply);
        LedgerSide side = ledger.side(SIDE).orElseThrow();
        assertThat(side.role()).isEqualTo(SettledRole.YIELDED);
        assertThat(side.requests()).hasSize(1);
        assertThat(ledger.settle(news)).isEmpty();
    }

    /** What docs/operations.md says of it: the oldest is forgotten, not the newest, and nobody else's. */
    @Test
    void beyondTheBoundTheOldestMayComeBackAndNoOther() {
        accept(connect(3, peer("b", 1)));
        disconnect(3);
        SideKey second = new SideKey(TENANT, WireId.named("second"), SIDE.side());
        disconnect(second, 7);
        SideKey others = new SideKey("rival", WireId.named("theirs"), SIDE.side());
        disconnect(others, 9);
        for (int i = 2; i < Ledger.LONGEST_MEMORY; i++) {
            disconnect(new SideKey(TENANT, WireId.named("gone" + i), SIDE.side()), 1);
        }
        refused(ErrorCode.STALE_GENERATION, () -> ledger.connect(TENANT, connect(3, peer("b", 1))));
        disconnect(new SideKey(TENANT, WireId.named("one more"), SIDE.side()), 1);
        assertThat(ledger.side(SIDE)).isEmpty();
        assertThat(ledger.side(second)).isPresent();
        assertThat(ledger.side(others)).isPresent();
        assertThat(accept(connect(3, peer("b", 1)))).isPositive();
        refused(
                ErrorCode.STALE_GENERATION,
                () -> ledger.connect(TENANT, connect(second.wire(), "web", 7, peer("b", 1))));
    }

    @Test
    void undoTakesBackEveryKindOfEntry() {
        accept(connect(1, peer("b", 1)));
        List<JournalEntry> before = ledger.entries();
        List<JournalEntry> changes = List.of(
                Requests.endpoint("db"),
                new JournalEntry.SideConnected(TENANT, connect(2, peer("b", 1))),
                new JournalEntry.SideDisconnected(TENANT, SIDE.wire(), SIDE.side(), generation(5)),
                new JournalEntry.EndpointRemoved(TENANT, "web"));
        List<Runnable> undo = changes.stream().map(ledger::apply).toList();
        assertThat(ledger.entries()).isNotEqualTo(before);
        undo.reversed().forEach(Runnable::run);
        assertThat(ledger.entries()).isEqualTo(before);
    }

    @Test
    void theEntriesReplayIntoTheSameLedger() {
        accept(connect(1, peer("b", 1)));
        accept(connect(1, peer("c", 2)));
        disconnect(new SideKey(TENANT, WireId.named("gone"), SIDE.side()), 4);
        Ledger replayed = new Ledger();
        ledger.entries().forEach(replayed::apply);
        assertThat(replayed.entries()).isEqualTo(ledger.entries());
        assertThat(replayed.sides()).isEqualTo(ledger.sides());
    }

    private int accept(ConnectRequest request) {
        List<JournalEntry> entries = ledger.connect(TENANT, request);
        entries.forEach(ledger::apply);
        return entries.size();
    }

    private int disconnect(long generation) {
        return disconnect(SIDE, generation);
    }

    private int disconnect(SideKey key, long generation) {
        List<JournalEntry> entries = ledger.disconnect(key, generation(generation));
        entries.forEach(ledger::apply);
        return entries.size();
    }

    private static ConnectRequest withOptions(ConnectRequest request, ConnectOptions options) {
        return new ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                request.endpoint(),
                request.peer(),
                options,
                request.relayTo(),
                request.relayFrom());
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
