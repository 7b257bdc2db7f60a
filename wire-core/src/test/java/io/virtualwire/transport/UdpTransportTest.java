package io.virtualwire.transport;

import io.virtualwire.linux.NetworkNamespace;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** {@link UdpTransport} over the loopback interface. */
class UdpTransportTest extends TransportContractTest {
    @Override
    Transport open(DatapathLoop owner) {
        return UdpTransport.open(
                owner, NetworkNamespace.own(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
}
