package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import org.jspecify.annotations.Nullable;

/** One machine while it is made a host. */
public final class Site implements AutoCloseable {
    private final CloudAdapter cloud;
    private final HostRecords records;
    private HostRecord record;
    private @Nullable CloudHost host;
    private @Nullable HostShell shell;

    Site(CloudAdapter cloud, HostRecords records, HostRecord record) {
        this.cloud = cloud;
        this.records = records;
        this.record = record;
    }

    public CloudAdapter cloud() {
        return cloud;
    }

    public HostRecord record() {
        return record;
    }

    String name() {
        return record.name();
    }

    /** Notes something; it is on disk when this returns. */
    void note(HostRecord now) {
        records.write(now);
        record = now;
    }

    /** The machine is there, which is not noted. */
    void seen(CloudHost machine) {
        host = machine;
    }

    void found(CloudHost machine) {
        seen(machine);
        note(record.with(record.facts().of(machine)));
    }

    /** The machine, once there is one. */
    public CloudHost host() {
        if (host == null) {
            throw missing("no machine");
        }
        return host;
    }

    void opened(HostShell way) {
        shell = way;
    }

    /** Commands on the machine, once it was reached. */
    public HostShell shell() {
        if (shell == null) {
            throw missing("no way in");
        }
        return shell;
    }

    boolean isOpen() {
        return shell != null;
    }

    private WireException missing(String what) {
        return new WireException(ErrorCode.INTERNAL, what + " to " + name() + " yet", "");
    }

    @Override
    public void close() {
        if (shell != null) {
            shell.close();
            shell = null;
        }
    }
}
