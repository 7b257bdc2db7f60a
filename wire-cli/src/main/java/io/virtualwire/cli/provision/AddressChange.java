package io.virtualwire.cli.provision;

/**
 * A host whose cloud says another address than is noted, as after it was stopped and started, or given an Elastic IP.
 *
 * @param host as it is noted
 * @param from the address that is noted
 * @param to where it is now
 */
public record AddressChange(HostRecord host, String from, String to) {}
