package io.virtualwire.cli.provision;

import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;

/** Has the cloud let the other hosts in, and sees that the connector answers from here, as who it is to be. */
final class PortStep implements HostStep {
    private static final int ANSWER_MILLIS = 3_000;

    private final String tenant;
    private final Admissions admissions;
    private final HostProbe probe;
    private final Patiently patiently;

    PortStep(String tenant, Admissions admissions, HostProbe probe, Patiently patiently) {
        this.tenant = tenant;
        this.admissions = admissions;
        this.probe = probe;
        this.patiently = patiently;
    }

    @Override
    public Step reaches() {
        return Step.PORT_OPEN;
    }

    @Override
    public String take(Site site) {
        admissions.settle();
        InetAddress address = site.host().address();
        HostAddress api = new HostAddress(address.getHostAddress(), ServicesStep.CONNECTOR_API);
        ConnectorHealth health = patiently.ask(
                Set.of(ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT),
                () -> probe.health(api, new Identity(tenant, site.name())));
        InetSocketAddress data = new InetSocketAddress(address, health.dataPort());
        patiently.ask(Set.of(ErrorCode.UNAVAILABLE), () -> knock(site, data));
        return health.identity() + " answers at " + api + ", and at port " + health.dataPort();
    }

    private static boolean knock(Site site, InetSocketAddress where) {
        try (Socket socket = new Socket()) {
            socket.connect(where, ANSWER_MILLIS);
            return true;
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "TCP port " + where.getPort() + " of " + site.name() + " does not answer from here: "
                            + e.getMessage(),
                    "let UDP and TCP port " + where.getPort() + " through to it",
                    e);
        }
    }
}
