package io.virtualwire.metrics;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One answer to a scrape.
 *
 * <p>Bounded: of the things that a user can make any number of, the first {@value #CAP} have labels of their own; all others
 * together are {@value #OTHERS}, where counters add up and a gauge counts those that are not 0.
 */
public final class Scrape {
    /** What language it is in. */
    public static final String LANGUAGE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /** How many endpoints, wires, ports, components and peers have labels of their own, each. */
    public static final int CAP = 200;

    /** What stands for all others. */
    public static final String OTHERS = "_others";

    private final Map<Metric, Map<List<String>, Double>> points = new EnumMap<>(Metric.class);
    private final Map<String, Map<String, String>> named = new LinkedHashMap<>();

    /** The label of a thing of some kind: its own name, or that of all others. */
    public String label(String kind, String name) {
        Map<String, String> known = named.computeIfAbsent(kind, first -> new LinkedHashMap<>());
        String label = known.get(name);
        if (label != null) {
            return label;
        }
        if (known.size() >= CAP) {
            return OTHERS;
        }
        known.put(name, name);
        return name;
    }

    /** Adds a value; what has the same labels adds up. */
    public Scrape add(Metric metric, double value, String... labels) {
        if (labels.length != metric.labels().size()) {
            throw new IllegalArgumentException(metric + " has labels " + metric.labels());
        }
        points.computeIfAbsent(metric, first -> new LinkedHashMap<>()).merge(Arrays.asList(labels), value, Double::sum);
        return this;
    }

    /** Adds whether something is so. */
    public Scrape add(Metric metric, boolean value, String... labels) {
        return add(metric, value ? 1 : 0, labels);
    }

    /** All of it in Prometheus' text format, and what a registry of the process has besides. */
    public String text(MetricSnapshots process) {
        List<MetricSnapshot> all = new ArrayList<>();
        points.forEach(
                (metric, values) -> all.add(metric.isCounter() ? counter(metric, values) : gauge(metric, values)));
        process.forEach(all::add);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, new MetricSnapshots(all));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private static MetricSnapshot counter(Metric metric, Map<List<String>, Double> values) {
        String name = metric.metricName();
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder()
                .name(name.substring(0, name.length() - "_total".length()))
                .help(metric.help());
        values.forEach((labels, value) -> snapshot.dataPoint(CounterDataPointSnapshot.builder()
                .labels(Labels.of(metric.labels(), labels))
                .value(value)
                .build()));
        return snapshot.build();
    }

    private static MetricSnapshot gauge(Metric metric, Map<List<String>, Double> values) {
        GaugeSnapshot.Builder snapshot =
                GaugeSnapshot.builder().name(metric.metricName()).help(metric.help());
        values.forEach((labels, value) -> snapshot.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(Labels.of(metric.labels(), labels))
                .value(value)
                .build()));
        return snapshot.build();
    }
}
