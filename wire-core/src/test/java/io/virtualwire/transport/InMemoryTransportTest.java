package io.virtualwire.transport;

import io.virtualwire.testkit.transport.InMemoryUnderlay;

class InMemoryTransportTest extends TransportContractTest {
    private final InMemoryUnderlay underlay = new InMemoryUnderlay(1472);

    @Override
    Transport open(DatapathLoop owner) {
        return underlay.open(owner, UnderlayAddress.ipv4(0x0a00_0001, 0));
    }
}
