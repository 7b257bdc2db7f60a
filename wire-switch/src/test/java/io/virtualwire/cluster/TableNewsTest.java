package io.virtualwire.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableNewsTest {
    private final List<TableChange<String>> heard = new ArrayList<>();
    private final TableNews<String> news = new TableNews<>(heard::add);

    @Test
    void whatWasReadBeforeItWasWithdrawnIsNotTold() {
        news.beginReading();
        news.withdrawn("a");
        news.found(List.of(entry("a", 1), entry("b", 1)));
        assertThat(heard).containsExactly(new TableChange.Withdrawn<>("a"), written("b", 1));
    }

    @Test
    void whatCameAgainMeanwhileIsToldOnceAndAsItIs() {
        news.beginReading();
        news.withdrawn("a");
        news.written(entry("a", 1));
        news.found(List.of(entry("a", 7)));
        assertThat(heard).containsExactly(new TableChange.Withdrawn<>("a"), written("a", 1));
    }

    @Test
    void anotherReadingThatBeganBeforeMustNotTellItEither() {
        news.beginReading();
        news.beginReading();
        news.withdrawn("a");
        news.found(List.of());
        news.found(List.of(entry("a", 1)));
        assertThat(heard).containsExactly(new TableChange.Withdrawn<>("a"));
    }

    @Test
    void aReadingThatBeginsLaterTellsWhatItFinds() {
        news.beginReading();
        news.withdrawn("a");
        news.nothingFound();
        news.beginReading();
        news.found(List.of(entry("a", 1)));
        assertThat(heard).containsExactly(new TableChange.Withdrawn<>("a"), written("a", 1));
    }

    @Test
    void whatWasReadIsNotToldAfterSomethingNewer() {
        news.beginReading();
        news.written(entry("a", 2));
        news.found(List.of(entry("a", 1)));
        assertThat(heard).containsExactly(written("a", 2));
    }

    private static TableEntry<String> entry(String key, long version) {
        return new TableEntry<>(key, version, "x");
    }

    private static TableChange<String> written(String key, long version) {
        return new TableChange.Written<>(entry(key, version));
    }
}
