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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Has the cloud let the other hosts in, and sees that the connector answers from here, as who it is to be, and that its data port is
 * open, and its hypervisor's: from here where nothing filters, else from the other hosts, since nobody else is let in.
 */
final class PortStep implements HostStep {
    private static final int ANSWER_MILLIS = 3_000;

    private final String tenant;
    private final Admissions admissions;
    private final HostProbe probe;
    private final Neighbours neighbours;
    private final Patiently patiently;

    PortStep(String tenant, Admissions admissions, HostProbe probe, Neighbours neighbours, Patiently patiently) {
        this.tenant = tenant;
        this.admissions = admissions;
        this.probe = probe;
        this.neighbours = neighbours;
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
        int data = health.dataPort();
        String answered = health.identity() + " answers at " + api + ", and at port " + data;
        HostRecord.@Nullable Libvirt libvirt = site.record().facts().libvirt();
        if (libvirt == null || !libvirt.answers()) {
            return answered + open(site, data, peer -> true);
        }
        return answered
                + open(site, data, peer -> true)
                + "; libvirt at port "
                + LibvirtThere.PORT
                + open(site, LibvirtThere.PORT, Admissions::asksHypervisors);
    }

    /* Who else is let in there. */
    private String open(Site site, int port, Predicate<HostRecord> admitted) {
        if (site.cloud().filters()) {
            return patiently.ask(Set.of(ErrorCode.UNAVAILABLE), () -> heard(site, port, admitted));
        }
        InetSocketAddress where = new InetSocketAddress(site.host().address(), port);
        patiently.ask(Set.of(ErrorCode.UNAVAILABLE), () -> knock(site, where));
        return "";
    }

    /* A neighbour that is ill, or cut off itself, says nothing about this host: one that gets through is enough. */
    private String heard(Site site, int port, Predicate<HostRecord> admitted) {
        Map<String, Boolean> knocked = neighbours.knock(site, port, admitted);
        List<String> through = new ArrayList<>();
        List<String> not = new ArrayList<>();
        knocked.forEach((peer, reached) -> (reached ? through : not).add(peer));
        if (!knocked.isEmpty() && through.isEmpty()) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE, closed(port, site, "from " + String.join(", ", not)), hint(port));
        }
        return (through.isEmpty() ? ": no other host to try it from" : " from " + String.join(", ", through))
                + (not.isEmpty() ? "" : ", not from " + String.join(", ", not));
    }

    private static boolean knock(Site site, InetSocketAddress where) {
        try (Socket socket = new Socket()) {
            socket.connect(where, ANSWER_MILLIS);
            return true;
        } catch (IOException e) {
            int port = where.getPort();
            throw new WireException(
                    ErrorCode.UNAVAILABLE, closed(port, site, "from here: " + e.getMessage()), hint(port), e);
        }
    }

    private static String closed(int port, Site site, String from) {
        return "TCP port " + port + " of " + site.name() + " does not answer " + from;
    }

    private static String hint(int port) {
        return port == LibvirtThere.PORT
                ? "let TCP port " + port + " through to it, or ask for a host without virtual machines: --no-vms"
                : "let UDP and TCP port " + port + " through to it";
    }
}
