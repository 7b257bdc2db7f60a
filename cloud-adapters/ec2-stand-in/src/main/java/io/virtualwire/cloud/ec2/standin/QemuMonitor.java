package io.virtualwire.cloud.ec2.standin;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What is asked of a running QEMU, by its machine protocol (QMP). */
final class QemuMonitor {
    private QemuMonitor() {}

    /** The guest is told by ACPI; it ends by itself if its system minds. */
    static void pressPowerButton(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            awaitLine(channel);
            say(channel, "{\"execute\": \"qmp_capabilities\"}\n");
            awaitLine(channel);
            say(channel, "{\"execute\": \"system_powerdown\"}\n");
            awaitLine(channel);
        }
    }

    private static void say(SocketChannel channel, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void awaitLine(SocketChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        do {
            one.clear();
            if (channel.read(one) < 0) {
                throw new IOException("the monitor was closed");
            }
        } while (one.get(0) != '\n');
    }
}
