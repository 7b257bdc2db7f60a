package io.virtualwire.connector;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/** A UDP port that is bound and that nobody reads: {@code ADDRESS PORT}. */
final class UnreadPort {
    private UnreadPort() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (DatagramSocket socket = new DatagramSocket(
                new InetSocketAddress(InetAddress.getByName(arguments[0]), Integer.parseInt(arguments[1])))) {
            System.out.println("bound " + socket.getLocalPort());
            new CountDownLatch(1).await();
        }
    }
}
