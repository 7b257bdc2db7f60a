package io.virtualwire.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.virtualwire.port.DropReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard and the alerts ask for nothing that a scrape does not have, and every alert is explained. */
final class DashboardTest {
    private static final Path TOP = Path.of("").toAbsolutePath().getParent();
    private static final Pattern NAME = Pattern.compile("\\b(?:virtualwire|jvm|process|system)_[a-z0-9_]+");
    private static final Pattern LABELLED = Pattern.compile("(virtualwire_[a-z0-9_]+)\\{([^}]*)}");
    private static final Pattern REASON = Pattern.compile("reason=~\"([^\"]+)\"");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)");

    @Test
    void everyQueryNamesMetricsThatAScrapeHas() throws IOException {
        Set<String> there = scraped();
        List<String> queries = new ArrayList<>(dashboard());
        queries.addAll(
                alerts().stream().map(alert -> alert.path("expr").asText()).toList());
        assertThat(queries).hasSizeGreaterThan(30);
        for (String query : queries) {
            Matcher name = NAME.matcher(query);
            while (name.find()) {
                assertThat(there).as(query).contains(name.group());
            }
        }
    }

    @Test
    void everyQueryAsksForLabelsThatTheMetricHas() throws IOException {
        List<String> queries = new ArrayList<>(dashboard());
        queries.addAll(
                alerts().stream().map(alert -> alert.path("expr").asText()).toList());
        for (String query : queries) {
            Matcher labelled = LABELLED.matcher(query);
            while (labelled.find()) {
                String metric = labelled.group(1);
                List<String> labels = Arrays.stream(Metric.values())
                        .filter(known -> known.metricName().equals(metric))
                        .flatMap(known -> known.labels().stream())
                        .toList();
                Matcher label = LABEL.matcher(labelled.group(2));
                while (label.find()) {
                    if (!label.group(1).equals("instance")) {
                        assertThat(labels).as(query).contains(label.group(1));
                    }
                }
            }
        }
    }

    /** A reason that does not exist would make an alert that never comes. */
    @Test
    void everyReasonThatIsAskedForExists() throws IOException {
        Set<String> reasons = Arrays.stream(DropReason.values())
                .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        int asked = 0;
        for (JsonNode alert : alerts()) {
            Matcher reason = REASON.matcher(alert.path("expr").asText());
            while (reason.find()) {
                assertThat(reasons).as(alert.toString()).containsAll(alternatives(reason.group(1)));
                asked++;
            }
        }
        assertThat(asked).isGreaterThan(2);
    }

    @Test
    void everyAlertSaysNothingThatItsLabelsDoNotHave() throws IOException {
        for (JsonNode alert : alerts()) {
            String query = alert.path("expr").asText();
            Matcher grouped = Pattern.compile("sum by \\(([a-z, ]+)\\)").matcher(query);
            Set<String> labels = new TreeSet<>(Set.of("instance"));
            if (grouped.find()) {
                labels.addAll(List.of(grouped.group(1).split(", ")));
            } else {
                Matcher name = NAME.matcher(query);
                while (name.find()) {
                    Arrays.stream(Metric.values())
                            .filter(known -> known.metricName().equals(name.group()))
                            .forEach(known -> labels.addAll(known.labels()));
                }
            }
            Matcher said = Pattern.compile("\\$labels\\.([a-z_]+)")
                    .matcher(alert.path("annotations").path("summary").asText());
            while (said.find()) {
                assertThat(labels).as(query).contains(said.group(1));
            }
        }
    }

    /** Those of {@code a|b_(c|d)}. */
    private static List<String> alternatives(String pattern) {
        Matcher grouped = Pattern.compile("([a-z_]*)\\(([a-z_|]+)\\)").matcher(pattern);
        return grouped.matches()
                ? Arrays.stream(grouped.group(2).split("\\|"))
                        .map(grouped.group(1)::concat)
                        .toList()
                : List.of(pattern.split("\\|"));
    }

    @Test
    void everyAlertIsExplainedAndNoOther() throws IOException {
        Matcher explained = Pattern.compile("`(VirtualWire[A-Za-z]+)`")
                .matcher(Files.readString(TOP.resolve("docs/operations.md")));
        Set<String> inDocs = new TreeSet<>();
        while (explained.find()) {
            inDocs.add(explained.group(1));
        }
        Set<String> inRules = new TreeSet<>();
        alerts().forEach(alert -> inRules.add(alert.path("alert").asText()));
        assertThat(inDocs).isEqualTo(inRules);
    }

    private static Set<String> scraped() {
        Scrape scrape = new Scrape();
        for (Metric metric : Metric.values()) {
            scrape.add(metric, 1, metric.labels().toArray(String[]::new));
        }
        Set<String> names = new TreeSet<>();
        try (ProcessMetrics process = new ProcessMetrics()) {
            scrape.text(process.snapshots())
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
        }
        return names;
    }

    private static List<String> dashboard() throws IOException {
        JsonNode dashboard = JsonMapper.builder()
                .build()
                .readTree(TOP.resolve("packaging/grafana/virtualwire.json").toFile());
        List<String> queries = new ArrayList<>();
        dashboard
                .path("panels")
                .forEach(panel -> panel.path("targets")
                        .forEach(target -> queries.add(target.path("expr").asText())));
        dashboard
                .path("templating")
                .path("list")
                .forEach(variable -> queries.add(variable.path("query").asText()));
        return queries;
    }

    private static List<JsonNode> alerts() throws IOException {
        List<JsonNode> alerts = new ArrayList<>();
        new YAMLMapper()
                .readTree(TOP.resolve("packaging/prometheus/alerts.yaml").toFile())
                .path("groups")
                .forEach(group -> group.path("rules").forEach(alerts::add));
        return alerts;
    }
}
