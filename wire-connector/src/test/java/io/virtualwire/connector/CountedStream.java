package io.virtualwire.connector;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * One end of a TCP stream between guests: {@code sink PORT FILE} counts in the file what it got, 64 bits; {@code source ADDRESS
 * PORT} sends for ever.
 */
final class CountedStream {
    private static final int CHUNK = 1 << 17;

    private CountedStream() {}

    public static void main(String[] arguments) throws IOException {
        byte[] bytes = new byte[CHUNK];
        if (arguments[0].equals("source")) {
            try (Socket socket = new Socket(arguments[1], Integer.parseInt(arguments[2]))) {
                OutputStream out = socket.getOutputStream();
                while (true) {
                    out.write(bytes);
                }
            }
        }
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]));
                RandomAccessFile file =
                        new RandomAccessFile(Path.of(arguments[2]).toFile(), "rw")) {
            ByteBuffer count = file.getChannel().map(MapMode.READ_WRITE, 0, Long.BYTES);
            System.out.println("listens");
            try (Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                long sum = 0;
                for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                    sum += read;
                    count.putLong(0, sum);
                }
            }
        }
    }
}
