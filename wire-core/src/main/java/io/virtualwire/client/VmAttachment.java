package io.virtualwire.client;

/**
 * A virtual machine's interface that is to be an endpoint of the fabric.
 *
 * @param domain how its hypervisor calls the machine
 * @param host where it is
 * @param nic the interface's number, from 0
 * @param endpoint how the endpoint is to be called; empty: as the machine, with the number unless that is 0
 * @param mtu of the guest; 0: what Ethernet has
 */
public record VmAttachment(String domain, String host, int nic, String endpoint, int mtu) {}
