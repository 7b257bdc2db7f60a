package io.virtualwire.port;

import io.virtualwire.testkit.port.QueuedPort;
import io.virtualwire.transport.DatapathLoop;

/** The fake, by the contract of the real one. */
class QueuedPortTest extends BacklogContractTest {
    @Override
    Harness open(DatapathLoop owner) {
        QueuedPort port = new QueuedPort("queued", 100);
        return new Harness() {
            @Override
            public Port port() {
                return port;
            }

            @Override
            public byte[] frame() {
                return new byte[100];
            }

            @Override
            public void guestTakes(int frames) {
                port.read(frames);
            }

            @Override
            public void close() {}
        };
    }
}
