package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostService;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.Services;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** Writes the daemons' configuration, and has them run for good. */
final class ServicesStep implements HostStep {
    static final int CONNECTOR_API = 7472;
    private static final int NODE_API = 7482;

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int LINES = 12;

    private final OwnCommand own;
    private final Patiently patiently;
    private final List<String> fabric;
    private final Runnable admit;
    /* Of this run; by the time the first gets here all have a machine. */
    private final Map<String, CloudHost> nodes = new ConcurrentSkipListMap<>();

    /**
     * @param fabric nodes of a fabric that runs, as a node's file names them: those that are started join it; none: they found one
     * @param admit has the clouds let the hosts reach one another
     */
    ServicesStep(OwnCommand own, Patiently patiently, List<String> fabric, Runnable admit) {
        this.own = own;
        this.patiently = patiently;
        this.fabric = List.copyOf(fabric);
        this.admit = admit;
    }

    /** Tells where a node will be, before any is started. */
    void expect(Site site) {
        if (site.record().wanted().node()) {
            nodes.put(site.name(), site.host());
        }
    }

    @Override
    public Step reaches() {
        return Step.SERVICES_RUNNING;
    }

    @Override
    public String take(Site site) {
        List<String> running = new ArrayList<>(List.of(connector(site)));
        if (site.record().wanted().node()) {
            running.add(node(site));
        }
        return String.join(", ", running);
    }

    private String connector(Site site) {
        return run(site, "connector", "name: " + site.name() + "\n", site.name(), CONNECTOR_API);
    }

    private String node(Site site) {
        CloudHost host = site.host();
        InetAddress inside = host.inside();
        List<String> peers = new ArrayList<>();
        if (fabric.isEmpty()) {
            Map<String, CloudHost> founders = new TreeMap<>(nodes);
            founders.forEach((name, peer) ->
                    peers.add(entry(name, name.equals(site.name()) ? peer.address() : peer.addressFor(host))));
        } else {
            peers.addAll(fabric);
            peers.add(entry(site.name(), host.address()));
            // It asks the others before it runs, and they call it back.
            admit.run();
        }
        String listen = (inside == null ? host.address() : inside).getHostAddress();
        String content = "name: " + site.name() + "\nlisten: " + listen + "\ncloud: "
                + site.record().cloud() + network(host) + (fabric.isEmpty() ? "" : "\njoin: true") + "\npeers: ["
                + peers.stream().map(it -> '"' + it + '"').collect(Collectors.joining(", ")) + "]\n";
        return run(site, "node", content, site.name(), fabric.isEmpty() ? 0 : NODE_API);
    }

    private static String network(CloudHost host) {
        return host.inside() == null || host.network() == null ? "" : "\nnetwork: " + host.network();
    }

    private static String entry(String name, InetAddress address) {
        return name + "=" + address.getHostAddress();
    }

    private String run(Site site, String kind, String content, String name, int port) {
        HostShell shell = site.shell();
        WireThere wire = new WireThere(shell, own);
        HostService daemon = wire.daemon(kind);
        DaemonConfiguration file = new DaemonConfiguration(shell, wire.configuration(kind));
        Services services = shell.services();
        if (file.write(content, name) || file.isUnread()) {
            services.restart(daemon);
            file.read();
        } else {
            services.start(daemon);
        }
        patiently.ask(Set.of(ErrorCode.UNAVAILABLE), () -> awaitUp(shell, services, daemon, port));
        return daemon.unit();
    }

    /** That it runs is not enough: it may be about to end. */
    private static boolean awaitUp(HostShell shell, Services services, HostService daemon, int port) {
        if (!services.running(daemon.unit())) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    daemon.unit() + " does not run: "
                            + services.log(daemon.unit(), LINES).strip(),
                    "see its log on that host");
        }
        boolean listens = port == 0
                || !shell.run(LIMIT, List.of("ss", "-Hltn", "sport = :" + port))
                        .output()
                        .isBlank();
        if (!listens) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    daemon.unit() + " runs, and does not listen at port " + port + " yet: "
                            + services.log(daemon.unit(), LINES).strip(),
                    "see its log on that host");
        }
        return true;
    }
}
