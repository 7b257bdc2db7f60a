package io.virtualwire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.testkit.fuzz.Spoiler;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames as no guest and no far end should make them: refused, or harmless. */
class FrameFuzzTest {
    private static final List<byte[]> FRAMES = frames();

    /* Where virtio-net, Ethernet, VLAN, IP and TCP headers have their fields, with and without tags. */
    private static final int[] FIELDS = {
        0, 1, 2, 4, 6, 8, 10, 12, 18, 24, 26, 28, 30, 32, 34, 35, 40, 42, 44, 45, 46, 50, 54, 58, 66, 67, 78, 82, 90
    };

    private final Spoiler spoiled = new SpoiledBytes(FRAMES, VirtioNetHeader.MAX_FRAME_LENGTH + 64, FIELDS);

    private static List<byte[]> frames() {
        Random random = new Random(1);
        List<byte[]> frames = new ArrayList<>();
        for (int variant = 0; variant < 64; variant++) {
            byte[] payload = new byte[variant % 16 == 15 ? 9_000 : 1 + random.nextInt(500)];
            frames.add(new FrameBuilder(random)
                    .tcp((variant & 1) == 0)
                    .ipv4((variant & 2) == 0)
                    .tags(variant / 4 % 3)
                    .ipOptions(random.nextInt(3))
                    .tcpOptions(random.nextInt(6))
                    .gsoSize((variant & 4) == 0 ? 0 : 20 + random.nextInt(200))
                    .payload(payload)
                    .build());
        }
        return frames;
    }

    @Test
    void lyingHeadersAreRefusedOrFinished() {
        VirtioNetHeader header = new VirtioNetHeader();
        FinishOffloads finish = new FinishOffloads();
        VirtioNetHeader finished = new VirtioNetHeader();
        Fuzz.of("virtio headers and offloads")
                .allocatingAtMost(1 << 20)
                .stillWorks(() -> {
                    for (byte[] good : FRAMES) {
                        assertThat(header.wrap(good, 0, good.length).validate()).isEqualTo(VirtioFault.NONE);
                    }
                })
                .run(150_000, spoiled, frame -> {
                    if (frame.length < VirtioNetHeader.LENGTH) {
                        return;
                    }
                    boolean valid = header.wrap(frame, 0, frame.length).validate() == VirtioFault.NONE;
                    int[] frames = {0};
                    VirtioFault fault = finish.finish(frame, 0, frame.length, (bytes, offset, length) -> {
                        frames[0]++;
                        finished.wrap(bytes, offset, length);
                        if (finished.isGso() || finished.needsChecksum() || length > frame.length) {
                            throw new AssertionError("something is left to do");
                        }
                    });
                    assertThat(fault == VirtioFault.NONE).isEqualTo(valid);
                    assertThat(frames[0] > 0).isEqualTo(valid);
                });
    }

    @Test
    void tagsAreReadAndChangedWithinTheFrame() {
        EthernetFrame frame = new EthernetFrame();
        EthernetFrame edited = new EthernetFrame();
        VirtioNetHeader header = new VirtioNetHeader();
        TagEditor editor = new TagEditor();
        Fuzz.of("Ethernet headers and VLAN tags").allocatingAtMost(1 << 20).run(150_000, spoiled, bytes -> {
            if (!frame.wrap(bytes, 0, bytes.length) || bytes.length > VirtioNetHeader.MAX_FRAME_LENGTH) {
                return;
            }
            assertThat(frame.payloadOffset()).isLessThanOrEqualTo(frame.length());
            frame.announces(frame.source());
            boolean valid = header.wrap(bytes, 0, bytes.length).validate() == VirtioFault.NONE;
            int length = frame.tag() < 0 || bytes[0] % 2 == 0
                    ? editor.push(bytes, 0, bytes.length, 77)
                    : bytes[1] % 2 == 0
                            ? editor.pop(bytes, 0, bytes.length)
                            : editor.rename(bytes, 0, bytes.length, 78);
            if (length == TagEditor.IMPOSSIBLE) {
                return;
            }
            assertThat(edited.wrap(editor.bytes(), 0, length)).isTrue();
            assertThat(edited.destination()).isEqualTo(frame.destination());
            if (valid && header.wrap(editor.bytes(), 0, length).validate() != VirtioFault.NONE) {
                throw new AssertionError("a valid frame became "
                        + header.wrap(editor.bytes(), 0, length).validate());
            }
        });
    }
}
