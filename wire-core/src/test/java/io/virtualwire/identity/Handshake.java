package io.virtualwire.identity;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Two TLS engines that have shaken hands in memory, and one byte each way that proves it. */
record Handshake(SSLEngine client, SSLEngine server, boolean resumed) {
    private static final int ROUNDS = 100;

    static Handshake run(SSLEngine client, SSLEngine server) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
        ByteBuffer clientGot = ByteBuffer.allocate(1 << 17);
        ByteBuffer serverGot = ByteBuffer.allocate(1 << 17);
        ByteBuffer clientSays = ByteBuffer.wrap(new byte[] {1});
        ByteBuffer serverSays = ByteBuffer.wrap(new byte[] {2});
        long before = System.currentTimeMillis();
        for (int round = 0; round < ROUNDS && (clientGot.position() == 0 || serverGot.position() == 0); round++) {
            step(client, clientSays, toServer, toClient, clientGot);
            step(server, serverSays, toClient, toServer, serverGot);
        }
        if (clientGot.position() == 0 || serverGot.position() == 0) {
            throw new SSLException("no end to the handshake");
        }
        return new Handshake(client, server, server.getSession().getCreationTime() < before);
    }

    private static void step(SSLEngine engine, ByteBuffer says, ByteBuffer out, ByteBuffer in, ByteBuffer got)
            throws SSLException {
        engine.wrap(says, out);
        runTasks(engine);
        in.flip();
        while (in.hasRemaining()) {
            SSLEngineResult result = engine.unwrap(in, got);
            runTasks(engine);
            if (result.bytesConsumed() == 0 || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                break;
            }
        }
        in.compact();
    }

    private static void runTasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
