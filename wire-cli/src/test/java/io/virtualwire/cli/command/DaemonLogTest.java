package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.config.LogFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DaemonLogTest {
    @Test
    void asJsonEveryLineIsAnObjectWithTheNamesOfWhatItTells() throws Exception {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern("%msg%n");
        text.start();
        appender.setContext(context);
        appender.setEncoder(text);
        appender.setOutputStream(out);
        appender.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        Logger ours = context.getLogger("io.virtualwire.example");

        DaemonLog log = new DaemonLog(context.getLogger("io.virtualwire"));
        log.format(Optional.of(LogFormat.TEXT));
        ours.info("as it was");
        log.format(Optional.of(LogFormat.JSON));
        ours.atInfo()
                .addKeyValue("event", "node.started")
                .addKeyValue("node", "east")
                .log("Node {} says \"hello\"\nand more", "east");

        String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(lines).hasSize(2);
        assertThat(lines[0]).isEqualTo("as it was");
        JsonNode line = JsonMapper.builder().build().readTree(lines[1]);
        assertThat(line.path("level").asText()).isEqualTo("INFO");
        assertThat(line.path("timestamp").asLong()).isPositive();
        assertThat(line.path("formattedMessage").asText()).isEqualTo("Node east says \"hello\"\nand more");
        assertThat(line.path("kvpList").toString()).contains("\"event\":\"node.started\"", "\"node\":\"east\"");
    }
}
