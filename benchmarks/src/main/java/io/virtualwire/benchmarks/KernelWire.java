package io.virtualwire.benchmarks;

import io.virtualwire.kernel.CrossConnect;
import io.virtualwire.kernel.CrossConnectConfig;
import io.virtualwire.kernel.KernelLeg;
import io.virtualwire.linux.NetworkNamespace;
import java.net.InetAddress;
import java.nio.file.Path;

/** Makes one end of a wire that the kernel forwards, and ends: {@code FOLDER DEVICE PEER VNI PEERS-VNI}. */
public final class KernelWire {
    private KernelWire() {}

    public static void main(String[] arguments) {
        String device = arguments[1];
        CrossConnectConfig config = new CrossConnectConfig(
                NetworkNamespace.own(),
                CrossConnectConfig.DEFAULT_DEVICE,
                CrossConnectConfig.DEFAULT_PORT,
                Path.of(arguments[0]));
        try (CrossConnect made = CrossConnect.open(config)) {
            made.plug(device, false);
            made.join(
                    device,
                    new KernelLeg(
                            Integer.parseInt(arguments[3]),
                            InetAddress.ofLiteral(arguments[2]),
                            Integer.parseInt(arguments[4]),
                            1));
            made.activate(device);
        }
    }
}
