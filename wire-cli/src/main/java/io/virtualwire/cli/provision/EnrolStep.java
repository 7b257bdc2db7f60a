package io.virtualwire.cli.provision;

import io.virtualwire.authority.NodeNames;
import io.virtualwire.authority.Registrar;
import io.virtualwire.identity.TenantAuthority;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes the daemons members of the tenant. */
final class EnrolStep implements HostStep {
    private final Registrar registrar;
    private final CarriedMembership membership;
    private final OwnCommand own;

    EnrolStep(Registrar registrar, OwnCommand own) {
        this.registrar = registrar;
        this.membership = new CarriedMembership(registrar);
        this.own = own;
    }

    @Override
    public Step reaches() {
        return Step.ENROLLED;
    }

    @Override
    public String take(Site site) {
        List<String> said = new ArrayList<>();
        for (String daemon : daemons(site.record())) {
            said.add(enrol(site, daemon));
        }
        return String.join(", ", said);
    }

    static List<String> daemons(HostRecord record) {
        return record.wanted().node() ? List.of(record.name(), NodeNames.of(record.name())) : List.of(record.name());
    }

    private String enrol(Site site, String daemon) {
        WireThere wire = new WireThere(site.shell(), own);
        boolean renewed = registrar.service().isPresent();
        return membership
                .enrol(
                        wire,
                        daemon,
                        wire.credentials(daemon),
                        renewed ? Registrar.DEFAULT_LIFE : TenantAuthority.DEFAULT_VALIDITY,
                        Set.of())
                .map(answer -> membership.identity(daemon) + " until " + answer.validUntil()
                        + (renewed ? "" : "; nobody renews it, as no authority's service runs"))
                .orElseGet(() -> membership.identity(daemon) + " is enrolled already");
    }
}
