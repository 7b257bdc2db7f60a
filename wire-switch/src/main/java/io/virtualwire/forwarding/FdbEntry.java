package io.virtualwire.forwarding;

/**
 * One learned address as it is replicated and handed over.
 *
 * @param mac the address, 48 bits
 * @param vlan the VLAN it was seen in; 0 for none
 * @param port the port's name, which is the same at every place of the bridge
 * @param ageMillis how long ago it was last seen when this was written
 * @param sequence how often it has moved; the higher claim wins (RFC 7432 section 15)
 */
public record FdbEntry(long mac, int vlan, String port, long ageMillis, int sequence) {}
