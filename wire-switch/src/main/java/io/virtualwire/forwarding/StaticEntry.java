package io.virtualwire.forwarding;

import io.virtualwire.frame.MacAddress;

/**
 * An address that is behind a port because the user says so: it is never aged, and no frame moves it.
 *
 * @param vlan where it is known; 0 for frames without a VLAN
 * @param port the port's name
 */
public record StaticEntry(MacAddress mac, int vlan, String port) {}
