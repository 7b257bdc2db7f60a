package io.virtualwire.stack;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.time.Ticker;
import io.virtualwire.wire.SideEvent;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SideLogTest {
    @Test
    void eachEventIsWrittenWithItsTimeAndInOrder() {
        Logger logger = (Logger) LoggerFactory.getLogger(SideLog.class);
        ListAppender<ILoggingEvent> written = new ListAppender<>();
        written.start();
        logger.addAppender(written);
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        WireId wire = WireId.named("web");
        try (SideLog log = new SideLog(Ticker.system())) {
            log.happened(new SideEvent.Said(wire, Side.A, new Generation(2, "")), 12_000_345_678L);
            log.happened(new SideEvent.FirstFrame(wire, Side.A, new Generation(2, "")), 12_005_000_000L);
        } finally {
            logger.detachAppender(written);
            logger.setLevel(before);
        }
        assertThat(written.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("Said[").endsWith(" at 12.000345"),
                        second -> assertThat(second).startsWith("FirstFrame[").endsWith(" at 12.005000"));
        assertThat(written.list.getFirst().getKeyValuePairs())
                .anySatisfy(pair -> assertThat(pair.key + "=" + pair.value).isEqualTo("event=side.said"));
    }
}
