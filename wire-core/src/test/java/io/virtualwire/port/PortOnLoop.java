package io.virtualwire.port;

import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.LoopRunner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What contract tests of one port share: it is open on a loop of its own during each test. */
abstract class PortOnLoop<H extends OpenPort> {
    DatapathLoop loop;
    H harness;
    Port port;

    abstract H open(DatapathLoop owner);

    @BeforeEach
    final void openOne() {
        loop = DatapathLoop.start("contract");
        harness = open(loop);
        port = harness.port();
    }

    @AfterEach
    final void closeAll() {
        LoopRunner.run(loop, port::close);
        harness.close();
        loop.close();
    }
}
