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
 */
final class ServiceRequest {
    private static final String PREFIX = "virtualwire-tunnel/1 ";
    private static final int LONGEST_LINE = 64;

    private ServiceRequest() {}

    /** Asks for a service; true when it answers. */
    static boolean ask(InputStream in, OutputStream out, ClusterService service) throws IOException {
        writeLine(out, PREFIX + service.label());
        return "ok".equals(readLine(in));
    }

    /** Reads which service is asked for; empty when it is none that may be. */
    static Optional<ClusterService> read(InputStream in) throws IOException {
        String line = readLine(in);
        return line.startsWith(PREFIX) ? ClusterService.labelled(line.substring(PREFIX.length())) : Optional.empty();
    }

    static void accept(OutputStream out) throws IOException {
        writeLine(out, "ok");
    }

    static void refuse(OutputStream out) throws IOException {
        writeLine(out, "refused");
    }

    private static void writeLine(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String readLine(InputStream in) throws IOException {
        // Byte by byte: what follows the line belongs to the service.
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (line.length() == LONGEST_LINE) {
                throw new IOException("a tunnel line is longer than " + LONGEST_LINE + " bytes");
            }
            line.append((char) next);
        }
        return line.toString();
    }
}
