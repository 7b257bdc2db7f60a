package io.virtualwire.cli.provision;

import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.Identity;

/** Asks a connector how it does, as the person who is to use it. */
public interface HostProbe {
    /** @throws io.virtualwire.control.WireException UNAVAILABLE if nobody answers there */
    ConnectorHealth health(HostAddress address, Identity expected);
}
