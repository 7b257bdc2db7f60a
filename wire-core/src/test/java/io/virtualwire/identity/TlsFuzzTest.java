package io.virtualwire.identity;

import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** What strangers may send before anybody knows who they are: TLS records. */
class TlsFuzzTest {
    private static final int LONGEST = 20_000;

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final TlsContexts east = new TlsContexts(acme.issue("east"));
    private final TlsContexts west = new TlsContexts(acme.issue("west"));

    @Test
    void helloesOfStrangersLeadNowhere() throws Exception {
        byte[] hello = hello();
        Fuzz.of("TLS records of strangers")
                .refusing(SSLException.class)
                .allocatingAtMost(8 << 20)
                .stillWorks(() -> Handshake.run(east.clientEngine(west.identity()), west.serverEngine(peer -> true)))
                .run(2_000, new SpoiledBytes(List.of(hello), LONGEST, 0, 1, 3, 5, 6, 9, 11, 43, 44, 76), input -> {
                    SSLEngine server = west.serverEngine(peer -> true);
                    server.beginHandshake();
                    ByteBuffer in = ByteBuffer.wrap(input);
                    ByteBuffer out = ByteBuffer.allocate(1 << 16);
                    for (int round = 0; round < 20; round++) {
                        SSLEngineResult result = switch (server.getHandshakeStatus()) {
                            case NEED_WRAP -> server.wrap(ByteBuffer.allocate(0), out.clear());
                            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> server.unwrap(in, out.clear());
                            default -> null;
                        };
                        for (Runnable task = server.getDelegatedTask();
                                task != null;
                                task = server.getDelegatedTask()) {
                            task.run();
                        }
                        if (result == null
                                || result.getStatus() != SSLEngineResult.Status.OK
                                || !in.hasRemaining() && result.bytesProduced() == 0) {
                            return;
                        }
                    }
                });
    }

    private byte[] hello() throws SSLException {
        SSLEngine client = east.clientEngine(west.identity());
        client.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        client.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }
}
