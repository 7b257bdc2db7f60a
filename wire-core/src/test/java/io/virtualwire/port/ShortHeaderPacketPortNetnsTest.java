package io.virtualwire.port;

import io.virtualwire.linux.PacketSockets;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.transport.DatapathLoop;

/** {@link PacketPort} as on a kernel before 6.6, whose virtio-net header has ten bytes there. */
@NetnsTest
class ShortHeaderPacketPortNetnsTest extends PortContractTest {

    @Override
    PortHarness open(DatapathLoop owner) {
        return new DescriptorGuest(owner, PacketSockets::withShortHeader);
    }
}
