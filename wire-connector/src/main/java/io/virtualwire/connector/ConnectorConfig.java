package io.virtualwire.connector;

import io.virtualwire.connector.admission.Grant;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.stack.StackConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * All that a connector needs to start, resolved and checked.
 *
 * @param self who it is, and whom it believes
 * @param listen the underlay address to listen on
 * @param port UDP and TCP port of associations; 0 takes any
 * @param apiPort TCP port of the REST interface; 0 takes any
 * @param threads how many owner threads carry frames
 * @param stateFolder where the journal is
 * @param salvageJournal whether to go on with what can be read of a damaged journal
 * @param audit where changes are noted
 * @param kernelWires whether the kernel may carry wires here
 * @param relay whether daemons that do not reach each other are led to one another here
 * @param streamPorts TCP ports on which peers may dial it besides
 * @param grants what tenants other than the connector's own may do
 */
public record ConnectorConfig(
        OwnIdentity self,
        String listen,
        int port,
        int apiPort,
        int threads,
        Path stateFolder,
        boolean salvageJournal,
        Path audit,
        boolean kernelWires,
        boolean relay,
        List<Integer> streamPorts,
        List<Grant> grants,
        String version) {
    public static final int DEFAULT_PORT = 7471;
    public static final int DEFAULT_API_PORT = 7472;
    /** One thread carries every frame, unless told otherwise. */
    public static final int DEFAULT_THREADS = 2;
    /** In the state folder, unless told otherwise. */
    public static final String AUDIT = "audit.jsonl";

    public ConnectorConfig {
        grants = List.copyOf(grants);
        streamPorts = List.copyOf(streamPorts);
        for (int each : streamPorts) {
            requirePort("stream-ports", each);
        }
        requirePort("port", port);
        requirePort("api-port", apiPort);
        if (threads < 1 || threads > StackConfig.MOST_THREADS) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "threads " + threads + " is not possible",
                    "use 1 to " + StackConfig.MOST_THREADS + ", at most as many as this host has processors");
        }
    }

    /** With credentials that are not renewed. */
    public ConnectorConfig(
            Credentials credentials,
            String listen,
            int port,
            int apiPort,
            int threads,
            Path stateFolder,
            boolean salvageJournal,
            boolean kernelWires,
            List<Grant> grants,
            String version) {
        this(
                OwnIdentity.of(credentials),
                listen,
                port,
                apiPort,
                threads,
                stateFolder,
                salvageJournal,
                stateFolder.resolve(AUDIT),
                kernelWires,
                false,
                List.of(),
                grants,
                version);
    }

    private static void requirePort(String key, int number) {
        if (number < 0 || number > 65_535) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    key + " " + number + " is no port",
                    "use 1 to 65535, or 0 for any that is free");
        }
    }
}
