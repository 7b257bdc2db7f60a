package io.virtualwire.topology;

/**
 * A network interface of a virtual machine, which is an endpoint wherever the machine is.
 *
 * @param number its place among the machine's interfaces, from 0
 * @param endpoint the endpoint's name on each host
 * @param mac the guest's address, by which the connector knows its announcement
 * @param device the host's interface, which has the same name on each host
 * @param mtu of the guest
 */
public record VmNic(int number, String endpoint, String mac, String device, int mtu) {}
