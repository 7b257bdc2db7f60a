package io.virtualwire.log;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where voters ask one another which disks they have met.
 *
 * <pre>
 *   asks      virtualwire-voter/1 NAME DISK ask|join\n      "join": I am taken in with this disk, forget another
 *   answers   NEW|JOINING|VOTER DISK\n                      my standing, and the disk by which I know you
 * </pre>
 */
final class VoterDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VoterDoor.class);
    private static final String PREFIX = "virtualwire-voter/1";
    private static final int CONNECT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 2_000;
    private static final int LONGEST_LINE = 512;

    /**
     * What another voter says.
     *
     * @param standing how far it has come itself
     * @param disk the disk by which it knows who asked
     */
    record Answer(VoterDisk.Standing standing, String disk) {}

    private final ServerSocket listener;
    private final VoterDisk disk;

    private VoterDoor(ServerSocket listener, VoterDisk disk) {
        this.listener = listener;
        this.disk = disk;
    }

    static VoterDoor open(InetSocketAddress address, VoterDisk disk) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(address);
        VoterDoor door = new VoterDoor(listener, disk);
        Thread.ofVirtual().name("voter-door").start(door::serve);
        return door;
    }

    /** Tells another voter of this disk, and asks which one it knows; empty if it does not answer. */
    static Optional<Answer> ask(InetSocketAddress door, String self, String disk, boolean takenIn) {
        try (Socket socket = new Socket()) {
            socket.connect(door, CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            write(socket, PREFIX + " " + self + " " + disk + " " + (takenIn ? "join" : "ask"));
            String[] words = read(socket).split(" ", -1);
            return words.length == 2
                    ? Optional.of(new Answer(VoterDisk.Standing.valueOf(words[0]), words[1]))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("The voter at {} does not say which disk it knows: {}", door, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("Closing the door failed", e);
        }
    }

    private void serve() {
        while (!listener.isClosed()) {
            try {
                Socket caller = listener.accept();
                Thread.ofVirtual().name("voter-door-caller").start(() -> answer(caller));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("Cannot let another voter ask: {}", e.getMessage());
                }
            }
        }
    }

    private void answer(Socket socket) {
        try (Socket caller = socket) {
            caller.setSoTimeout(ANSWER_MILLIS);
            String[] words = read(caller).split(" ", -1);
            if (words.length == 4 && words[0].equals(PREFIX) && !words[1].isEmpty() && !words[2].isEmpty()) {
                String known = disk.meet(words[1], words[2], words[3].equals("join"));
                // The others need not know how far it has come.
                VoterDisk.Standing standing = disk.standing();
                write(
                        caller,
                        (standing == VoterDisk.Standing.ENTERING ? VoterDisk.Standing.JOINING : standing) + " "
                                + known);
            }
        } catch (SocketTimeoutException e) {
            LOG.debug("A caller asked nothing");
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot answer another voter: {}", e.getMessage());
        }
    }

    private static void write(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String read(Socket socket) throws IOException {
        BufferedReader reader = new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), LONGEST_LINE);
        StringBuilder line = new StringBuilder();
        for (int next = reader.read();
                next >= 0 && next != '\n' && line.length() < LONGEST_LINE;
                next = reader.read()) {
            line.append((char) next);
        }
        return line.toString();
    }
}
