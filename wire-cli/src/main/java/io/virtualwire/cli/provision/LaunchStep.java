package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.UserData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the cloud make the machine, or takes one in.
 *
 * <p>A machine that boots installs by itself, at its first boot, what the package needs of its distribution, while nobody can log in yet. All
 * else comes over SSH, so that its user data, which everybody there can read, has nothing in it.
 */
final class LaunchStep implements HostStep {
    /* What packaging/debian/control depends on and recommends. */
    private static final List<String> ALWAYS = List.of("iproute2", "nftables");
    private static final List<String> FOR_VMS = List.of("libvirt-daemon-system", "qemu-system-x86");

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
                                .withUserData(firstBoot(record.wanted()))
                                .within(patience))
                : site.cloud().adopt(record.name(), where);
        site.found(host);
        return host.id() + " at " + host.address().getHostAddress() + (there ? ", there already" : "");
    }

    private static String firstBoot(HostRecord.Wanted wanted) {
        List<String> packages = new ArrayList<>(ALWAYS);
        if (wanted.vms()) {
            packages.addAll(FOR_VMS);
        }
        return UserData.installing(packages).render();
    }
}
