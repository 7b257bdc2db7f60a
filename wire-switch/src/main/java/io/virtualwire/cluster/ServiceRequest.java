package io.virtualwire.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The first line in a tunnel connection, and its answer.
 *
 * <pre>
 *   inlet → outlet   virtualwire-tunnel/1 SERVICE\n
 *   outlet → inlet   ok\n   and then the service's bytes,  or  refused\n  and the end
 * </pre>
 *
 * The service {@code join} is the outlet's own, for those that are no peers yet: one line asks, one line answers.
 */
final class ServiceRequest {
    private static final String PREFIX = "virtualwire-tunnel/1 ";
    private static final String JOIN = "join";
    private static final int LONGEST_LINE = 64;
    private static final int LONGEST_QUESTION = 64 << 10;

    /**
     * What is asked for.
     *
     * @param join whether it is to become a peer
     * @param service what else; empty when it is nothing that may be
     */
    record Wanted(boolean join, Optional<ClusterService> service) {}

    private ServiceRequest() {}

    /** Asks for a service; true when it answers. */
    static boolean ask(InputStream in, OutputStream out, ClusterService service) throws IOException {
        writeLine(out, PREFIX + service.label());
        return "ok".equals(readLine(in));
    }

    static void askToJoin(InputStream in, OutputStream out) throws IOException {
        writeLine(out, PREFIX + JOIN);
        if (!"ok".equals(readLine(in))) {
            throw new IOException("it lets nobody join here");
        }
    }

    /** Reads what is asked for. */
    static Wanted read(InputStream in) throws IOException {
        String line = readLine(in);
        String label = line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : "";
        return new Wanted(label.equals(JOIN), ClusterService.labelled(label));
    }

    static void accept(OutputStream out) throws IOException {
        writeLine(out, "ok");
    }

    static void refuse(OutputStream out) throws IOException {
        writeLine(out, "refused");
    }

    static void writeLine(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String readLine(InputStream in) throws IOException {
        return readLine(in, LONGEST_LINE);
    }

    static String readLongLine(InputStream in) throws IOException {
        return readLine(in, LONGEST_QUESTION);
    }

    private static String readLine(InputStream in, int longest) throws IOException {
        // Byte by byte: what follows the line belongs to the service.
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (line.length() == longest) {
                throw new IOException("a tunnel line is longer than " + longest + " bytes");
            }
            line.append((char) next);
        }
        return line.toString();
    }
}
