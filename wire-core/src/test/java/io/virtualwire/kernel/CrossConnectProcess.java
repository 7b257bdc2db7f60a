package io.virtualwire.kernel;

import io.virtualwire.control.WireException;
import io.virtualwire.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Joins a device with a peer as a process of its own, which lives until it is killed: {@code NAMESPACE FOLDER PEER VNI SEND}. */
final class CrossConnectProcess {
    private CrossConnectProcess() {}

    /** Starts one, through another command if need be. */
    static Process start(List<String> through, KernelHost host, Path folder, int vni, int send) throws IOException {
        List<String> command = new ArrayList<>(through);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CrossConnectProcess.class.getName()));
        command.addAll(List.of(host.host().name(), folder.toString(), "192.0.2.2", "" + vni, "" + send));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) {
        CrossConnectConfig config = new CrossConnectConfig(
                new NetworkNamespace(arguments[0]),
                CrossConnectConfig.DEFAULT_DEVICE,
                KernelHost.PORT,
                Path.of(arguments[1]));
        CrossConnect made;
        try {
            made = CrossConnect.open(config);
        } catch (WireException e) {
            System.out.println("refused: " + e.getMessage().replace('\n', ' ') + "; " + e.hint());
            return;
        }
        made.plug(KernelHost.DEVICE, false);
        made.join(
                KernelHost.DEVICE,
                new KernelLeg(
                        Integer.parseInt(arguments[3]),
                        InetAddress.ofLiteral(arguments[2]),
                        Integer.parseInt(arguments[4]),
                        2));
        made.activate(KernelHost.DEVICE);
        System.out.println("ready");
        while (true) {
            LockSupport.park();
        }
    }
}
