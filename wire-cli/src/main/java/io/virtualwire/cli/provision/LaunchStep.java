package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostOrder;
import java.time.Duration;

/** Has the cloud make the machine, or takes one in. */
final class LaunchStep implements HostStep {
    private final Duration patience;

    LaunchStep(Duration patience) {
        this.patience = patience;
    }

    @Override
    public Step reaches() {
        return Step.LAUNCHED;
    }

    @Override
    public boolean isLooked() {
        return true;
    }

    @Override
    public String take(Site site) {
        HostRecord record = site.record();
        boolean there =
                site.cloud().hosts().stream().anyMatch(host -> host.name().equals(record.name()));
        if (!there) {
            // Before it is asked for: whoever goes on after us must know whose it is.
            site.note(record.asMade());
        }
        String where = record.wanted().where();
        CloudHost host = where == null
                ? site.cloud()
                        .launch(HostOrder.of(record.name())
                                .withType(record.wanted().type())
                                .within(patience))
                : site.cloud().adopt(record.name(), where);
        site.found(host);
        return host.id() + " at " + host.address().getHostAddress() + (there ? ", there already" : "");
    }
}
