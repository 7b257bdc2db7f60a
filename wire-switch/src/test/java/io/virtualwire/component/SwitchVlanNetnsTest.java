package io.virtualwire.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.forwarding.PortSettings;
import io.virtualwire.forwarding.PortVlans;
import io.virtualwire.forwarding.StormSettings;
import io.virtualwire.forwarding.VlanRange;
import io.virtualwire.frame.EthernetFrame;
import io.virtualwire.frame.FinishOffloads;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.port.FrameSink;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortId;
import io.virtualwire.port.TapPort;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.transport.DatapathLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kernels' own super-frames from an access port over a trunk to an access port, and their checksums in the end.
 *
 * <pre>
 *   east tap0 ── access 10 [one] trunk 10 ══ trunk 10 [two] access 10 ── tap0 west
 * </pre>
 */
@NetnsTest
class SwitchVlanNetnsTest {
    private final AtomicInteger largest = new AtomicInteger();
    private final AtomicLong untagged = new AtomicLong();

    /** Once the far kernel gets the super-frames as they are, once all that the near one left to do is done on the trunk. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void superFramesCrossATrunk(boolean finishedOnTheTrunk) {
        try (Namespaces lab = Namespaces.open();
                DatapathLoop loop = DatapathLoop.start("vlans")) {
            Namespace east = lab.namespace("east");
            Namespace west = lab.namespace("west");
            TapPort left = tap(loop, east, "10.1.0.1/24");
            TapPort right = tap(loop, west, "10.1.0.2/24");
            SwitchComponent two = run(loop, () -> {
                Port trunk = made(loop, "one", left);
                SwitchComponent far = new SwitchComponent("two", loop);
                Port farTrunk = plug(far, right);
                trunk.attach(onTrunk(farTrunk, finishedOnTheTrunk));
                farTrunk.attach(onTrunk(trunk, finishedOnTheTrunk));
                return far;
            });
            RunningCommand server =
                    west.start("sh", "-c", "echo ready; socat -u TCP-LISTEN:5000,reuseaddr STDOUT | sha256sum");
            server.awaitLine("ready", Duration.ofSeconds(5));
            Awaitility.await().until(() -> west.run("ss", "-lnt").text().contains(":5000"));

            String sent = east.tryRun(
                            Duration.ofSeconds(60),
                            "sh",
                            "-c",
                            "head -c 20000000 /dev/zero | openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 2>/dev/null"
                                    + " | tee " + lab.scratch() + "/stream | socat -u STDIN TCP:10.1.0.2:5000;"
                                    + " sha256sum < " + lab.scratch() + "/stream")
                    .orFail()
                    .text();

            assertThat(server.await(Duration.ofSeconds(20)).text()).contains(sent.strip());
            assertThat(largest.get())
                    .as("largest frame on the trunk")
                    .isGreaterThan(finishedOnTheTrunk ? 1500 : 30_000);
            assertThat(untagged.get()).as("frames on the trunk without the tag").isZero();
            assertThat(right.counters().drops().snapshot()).isEmpty();
            assertThat(run(loop, two::status).counters()).containsEntry("filtered_tag_impossible", 0L);
            run(loop, () -> {
                left.close();
                right.close();
                two.stopDeciding();
                return true;
            });
        }
    }

    private static Port made(DatapathLoop loop, String name, TapPort guest) {
        return plug(new SwitchComponent(name, loop), guest);
    }

    /** Sets a switch up with this guest, and answers its trunk. */
    private static Port plug(SwitchComponent component, TapPort guest) {
        component.configure(new BridgeSettings(
                Map.of(
                        "guest", new PortSettings(new PortVlans.Access(10), StormSettings.NONE),
                        "up",
                                new PortSettings(
                                        new PortVlans.Trunk(List.of(new VlanRange(10, 10)), 0), StormSettings.NONE)),
                List.of()));
        Port access = component.addPort("guest");
        guest.attach(access::deliver);
        access.attach(guest::deliver);
        Port trunk = component.addPort("up");
        component.startDeciding(NullNode.getInstance());
        return trunk;
    }

    private FrameSink onTrunk(Port to, boolean finished) {
        EthernetFrame frame = new EthernetFrame();
        FinishOffloads finish = new FinishOffloads();
        return (bytes, offset, length) -> {
            frame.wrap(bytes, offset, length);
            untagged.addAndGet(frame.tag() == 10 ? 0 : 1);
            if (finished) {
                finish.finish(bytes, offset, length, (segment, at, size) -> {
                    largest.accumulateAndGet(size - VirtioNetHeader.LENGTH, Math::max);
                    to.deliver(segment, at, size);
                });
            } else {
                largest.accumulateAndGet(length, Math::max);
                to.deliver(bytes, offset, length);
            }
        };
    }

    private static <T> T run(DatapathLoop loop, Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, loop::execute).join();
    }

    private static TapPort tap(DatapathLoop loop, Namespace namespace, String cidr) {
        NetworkNamespace where = new NetworkNamespace(namespace.name());
        TapDevice device = TapDevice.open(TapRequest.named("tap0").in(where));
        InterfaceControl control = new InterfaceControl(where);
        control.address("tap0", cidr);
        control.up("tap0");
        return new TapPort(new PortId("tap0"), loop, device, control.mtu("tap0"));
    }
}
