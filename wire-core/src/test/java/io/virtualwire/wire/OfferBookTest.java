package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import org.junit.jupiter.api.Test;

class OfferBookTest {
    private final OfferBook book = new OfferBook(3);

    @Test
    void findsTheNewestOfferForALeg() {
        book.remember(offer(1, 10));
        book.remember(offer(1, 11));
        assertThat(book.size()).isEqualTo(1);
        assertThat(book.find(OfferBook.Key.of(offer(1, 0)))).isEqualTo(offer(1, 11));
    }

    @Test
    void forgetsTheOldestFirst() {
        for (int generation = 1; generation <= 5; generation++) {
            book.remember(offer(generation, generation));
        }
        assertThat(book.size()).isEqualTo(3);
        assertThat(book.find(OfferBook.Key.of(offer(2, 0)))).isNull();
        assertThat(book.find(OfferBook.Key.of(offer(3, 0)))).isNotNull();
    }

    @Test
    void aRepeatedOfferIsTheNewestAgain() {
        book.remember(offer(1, 1));
        book.remember(offer(2, 2));
        book.remember(offer(3, 3));
        book.remember(offer(1, 1));
        book.remember(offer(4, 4));
        assertThat(book.find(OfferBook.Key.of(offer(1, 0)))).isNotNull();
        assertThat(book.find(OfferBook.Key.of(offer(2, 0)))).isNull();
    }

    @Test
    void forgetsWhatIsWithdrawnAndNothingElse() {
        book.remember(offer(1, 1));
        book.remember(offer(1, 2));
        book.withdraw(1);
        assertThat(book.find(OfferBook.Key.of(offer(1, 0)))).isNotNull();
        book.withdraw(2);
        assertThat(book.find(OfferBook.Key.of(offer(1, 0)))).isNull();
        book.withdraw(77);
        assertThat(book.size()).isZero();
    }

    private static PeerMessage.Offer offer(long generation, long index) {
        return new PeerMessage.Offer(
                WireId.named("w"),
                Side.A,
                new Generation(generation, ""),
                new Generation(1, ""),
                index,
                Role.ACTIVE,
                false,
                false);
    }
}
