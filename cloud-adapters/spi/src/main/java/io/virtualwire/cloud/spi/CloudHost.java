package io.virtualwire.cloud.spi;

import java.net.InetAddress;

/**
 * A machine in a cloud that can run daemons.
 *
 * @param name unique within its cloud
 * @param address where the other hosts of the cloud reach it
 * @param mtu the largest packet of the underlay at that address, bytes
 */
public record CloudHost(String name, InetAddress address, int mtu) {}
