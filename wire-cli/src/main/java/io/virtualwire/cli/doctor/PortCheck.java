package io.virtualwire.cli.doctor;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;

/** Binds the ports that a connector will want. */
public final class PortCheck {

    /** @param connectorRuns whether this host's connector answers, which then has them rightly */
    public Finding run(int dataPort, int apiPort, boolean connectorRuns) {
        String subject = "ports";
        String all = "TCP and UDP " + dataPort + ", TCP " + apiPort;
        if (connectorRuns) {
            return Finding.ok(subject, all + ": this host's connector has them");
        }
        try (ServerSocket data = new ServerSocket(dataPort);
                ServerSocket api = new ServerSocket(apiPort);
                DatagramSocket datagrams = new DatagramSocket(dataPort)) {
            return Finding.ok(
                    subject,
                    "TCP " + data.getLocalPort() + " and " + api.getLocalPort() + ", UDP " + datagrams.getLocalPort()
                            + " are free");
        } catch (IOException e) {
            return Finding.warn(
                    subject,
                    all + ": " + e.getMessage(),
                    "see who has them with 'ss -lntup', or start the connector with --port and --api-port");
        }
    }
}
