package io.virtualwire.cli.command;

import io.virtualwire.authority.Registrar;
import io.virtualwire.authority.Revoked;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.identity.WireHome;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Tells all daemons that a wire home knows of new revocation lists, all at the same time. */
final class RevocationNews {
    private static final String TAKEN = "yes";

    private final WireHome home;

    /**
     * How that went with one daemon.
     *
     * @param heard {@code yes}, or why not
     */
    record Told(String daemon, String heard) {
        boolean isHeard() {
            return heard.equals(TAKEN);
        }
    }

    RevocationNews(WireHome home) {
        this.home = home;
    }

    /**
     * What came of taking a daemon's credentials back.
     *
     * @param revoked by the authority
     * @param told who was told
     */
    record Taken(Revoked revoked, List<Told> told) {}

    /** Takes all credentials of a name back, and tells everybody who is known here. */
    Taken takeBack(Registrar registrar, String name) {
        // Those that an earlier release issued are in no register.
        registrar.note(home.names().stream().map(home::credentials).toList());
        Revoked revoked = registrar.revoke(name);
        Revocations known = Revocations.in(Person.revocations(home));
        List<X509Certificate> believed = new ArrayList<>(registrar.authorities());
        registrar.rotation().former().ifPresent(believed::add);
        revoked.lists().forEach(it -> known.offer(it, believed));
        return new Taken(revoked, tell(revoked.lists()));
    }

    List<Told> tell(List<RevocationList> lists) {
        if (!home.names().contains(Person.ADMIN)) {
            return List.of();
        }
        Credentials admin = home.credentials(Person.ADMIN);
        List<Callable<Told>> all = new ArrayList<>();
        new HostBook(home).all().forEach((name, address) -> all.add(() -> connector(admin, name, address, lists)));
        NodeOption.noted(home).forEach(address -> all.add(() -> node(admin, address, lists)));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Told> told = new ArrayList<>();
            for (Future<Told> one : threads.invokeAll(all)) {
                told.add(one.get());
            }
            return told;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Told connector(Credentials admin, String name, HostAddress address, List<RevocationList> lists) {
        try (ConnectorClient client = new ConnectorClient(new TlsContexts(admin), address, Optional.empty())) {
            lists.forEach(client::offer);
            return new Told(name, TAKEN);
        } catch (WireException e) {
            return new Told(name, String.valueOf(e.getMessage()));
        }
    }

    private static Told node(Credentials admin, String text, List<RevocationList> lists) {
        HostAddress address = HostAddress.parse(text, NodeClient.DEFAULT_PORT);
        try (NodeClient client = new NodeClient(new TlsContexts(admin), address, Optional.empty())) {
            lists.forEach(client::offer);
            return new Told("node " + text, TAKEN);
        } catch (WireException e) {
            return new Told("node " + text, String.valueOf(e.getMessage()));
        }
    }
}
