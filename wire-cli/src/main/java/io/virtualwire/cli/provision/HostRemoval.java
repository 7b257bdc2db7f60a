package io.virtualwire.cli.provision;

import io.virtualwire.authority.Registrar;
import io.virtualwire.cloud.spi.HostLayout;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.Services;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Takes back what was made for a host, in an order in which whoever is interrupted can do it again. */
public final class HostRemoval {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HostRecords records;
    private final Registrar registrar;
    private final Consumer<HostRecord> depart;
    private final Consumer<String> revoke;
    private final Consumer<String> forget;
    private final Runnable settle;

    /**
     * @param depart takes a host's node out of its fabric; must not fail
     * @param revoke takes a daemon's credentials back, and tells that
     * @param forget has commands know a host no more
     * @param settle has the clouds let nobody in who is gone
     */
    HostRemoval(
            HostRecords records,
            Registrar registrar,
            Consumer<HostRecord> depart,
            Consumer<String> revoke,
            Consumer<String> forget,
            Runnable settle) {
        this.records = records;
        this.registrar = registrar;
        this.depart = depart;
        this.revoke = revoke;
        this.forget = forget;
        this.settle = settle;
    }

    /** Removes everything; removing what is not there succeeds. */
    public void remove(Site site) {
        HostRecord record = site.record();
        if (record.wanted().node()) {
            // First, while it can still agree to that.
            depart.accept(record);
        }
        boolean runsOn = record.wanted().where() != null;
        if (runsOn) {
            leave(site);
        }
        site.close();
        for (String daemon : members(record)) {
            registrar.removeTokens(daemon);
            if (registrar.members().stream()
                    .anyMatch(it -> it.identity().name().equals(daemon)
                            && it.revokedAt().isEmpty())) {
                revoke.accept(daemon);
            }
        }
        site.cloud().remove(record.name());
        forget.accept(record.name());
        records.remove(record.name());
        settle.run();
    }

    private static List<String> members(HostRecord record) {
        List<String> members = new ArrayList<>(EnrolStep.daemons(record));
        members.add(HypervisorStep.member(record.name()));
        return members;
    }

    /** Ends the daemons of a machine that was there before us and stays; the package stays as well. */
    private void leave(Site site) {
        try {
            if (!site.isOpen()) {
                site.opened(site.cloud()
                        .shell(site.cloud().hosts().stream()
                                .filter(host -> host.name().equals(site.name()))
                                .findFirst()
                                .orElseThrow(() -> new WireException(
                                        ErrorCode.NOT_FOUND,
                                        "cloud " + site.cloud().name() + " has no " + site.name(),
                                        ""))));
            }
            HostShell shell = site.shell();
            Services services = shell.services();
            HostLayout layout = shell.layout();
            List<String> files = new ArrayList<>(List.of("rm", "-rf", "--"));
            for (String kind : List.of("node", "connector")) {
                services.stop("virtualwire-" + kind);
            }
            for (String daemon : EnrolStep.daemons(site.record())) {
                files.add(layout.state() + "/" + daemon + ".wire");
                files.add(layout.state() + "/state/" + daemon);
            }
            shell.run(LIMIT, files);
            if (site.record().facts().libvirt() != null) {
                LibvirtThere.close(shell);
            }
        } catch (WireException e) {
            if (e.code() != ErrorCode.NOT_FOUND && e.code() != ErrorCode.UNAVAILABLE) {
                throw e;
            }
            // It is gone already, or does not answer: what it holds is revoked.
        }
    }
}
