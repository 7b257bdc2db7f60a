package io.virtualwire.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.junit.jupiter.api.Test;

final class ScrapeTest {
    @Test
    void whatThereIsTooMuchOfIsCountedTogether() {
        Scrape scrape = new Scrape();
        for (int endpoint = 0; endpoint < Scrape.CAP + 50; endpoint++) {
            String name = scrape.label("endpoint acme", "e" + endpoint);
            scrape.add(Metric.ENDPOINT_UP, true, "acme", name);
            scrape.add(Metric.ENDPOINT_FRAMES, 10, "acme", name, "to_guest");
        }
        String text = scrape.text(MetricSnapshots.of());
        assertThat(text.lines().filter(line -> line.startsWith("virtualwire_endpoint_up{")))
                .hasSize(Scrape.CAP + 1)
                .contains("virtualwire_endpoint_up{endpoint=\"_others\",tenant=\"acme\"} 50.0");
        assertThat(text)
                .contains(
                        "virtualwire_endpoint_frames_total{direction=\"to_guest\",endpoint=\"_others\",tenant=\"acme\"} 500.0");
    }

    @Test
    void aNameIsQuoted() {
        Scrape scrape = new Scrape();
        scrape.add(Metric.PORT_UP, true, "lan", "a\"b\\c\nd");
        assertThat(scrape.text(MetricSnapshots.of())).contains("port=\"a\\\"b\\\\c\\nd\"} 1.0");
    }

    @Test
    void everyMetricHasAName() {
        for (Metric metric : Metric.values()) {
            assertThat(metric.metricName()).matches("virtualwire_[a-z_]+");
            assertThat(metric.help()).isNotBlank();
        }
    }
}
