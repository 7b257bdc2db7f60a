package io.virtualwire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tagging a super-frame and then segmenting it is the same as segmenting it and then tagging each segment. */
class TagEditorTest {
    private final TagEditor editor = new TagEditor();
    private final FinishOffloads finish = new FinishOffloads();

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void offloadsStayTrueWithATag(long seed) {
        Random random = new Random(seed);
        byte[] frame = frame(random, random.nextInt(2));
        byte[] before = frame.clone();
        int vlan = 1 + random.nextInt(4094);

        byte[] tagged = push(frame, vlan);

        assertThat(frame).isEqualTo(before);
        assertThat(new VirtioNetHeader().wrap(tagged, 0, tagged.length).validate())
                .isEqualTo(VirtioFault.NONE);
        assertThat(tag(tagged)).isEqualTo(vlan);
        List<byte[]> expected = new ArrayList<>();
        for (byte[] segment : finished(frame)) {
            expected.add(push(segment, vlan));
        }
        assertThat(finished(tagged)).containsExactlyElementsOf(expected);
        assertThat(pop(tagged)).isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void offloadsStayTrueWithoutTheTag(long seed) {
        Random random = new Random(seed);
        byte[] frame = frame(random, 1 + random.nextInt(2));

        byte[] popped = pop(frame);

        assertThat(new VirtioNetHeader().wrap(popped, 0, popped.length).validate())
                .isEqualTo(VirtioFault.NONE);
        List<byte[]> expected = new ArrayList<>();
        for (byte[] segment : finished(frame)) {
            expected.add(pop(segment));
        }
        assertThat(finished(popped)).containsExactlyElementsOf(expected);
    }

    @Test
    void renamingKeepsThePriority() {
        byte[] frame = frame(new Random(5), 1);
        frame[12 + 14] = (byte) 0xb0;
        frame[12 + 15] = 0;
        int length = editor.rename(frame, 0, frame.length, 0x123);
        assertThat(length).isEqualTo(frame.length);
        assertThat(editor.bytes()[12 + 14]).isEqualTo((byte) 0xb1);
        assertThat(editor.bytes()[12 + 15]).isEqualTo((byte) 0x23);
    }

    @Test
    void refusesAThirdTagAndTooLongAFrame() {
        byte[] two = frame(new Random(1), 2);
        assertThat(editor.push(two, 0, two.length, 7)).isEqualTo(TagEditor.IMPOSSIBLE);
        byte[] longest = new byte[VirtioNetHeader.MAX_FRAME_LENGTH];
        assertThat(editor.push(longest, 0, longest.length, 7)).isEqualTo(TagEditor.IMPOSSIBLE);
        assertThat(editor.push(longest, 0, longest.length - 4, 7)).isEqualTo(longest.length);
        assertThat(editor.push(longest, 0, longest.length - 3, 7)).isEqualTo(TagEditor.IMPOSSIBLE);
    }

    @Test
    void refusesAChecksumThatStartsInTheTag() {
        byte[] frame = frame(new Random(2), 1);
        new VirtioNetHeader().wrap(frame, 0, frame.length).checksumStart(17);
        assertThat(editor.pop(frame, 0, frame.length)).isEqualTo(TagEditor.IMPOSSIBLE);
    }

    @Test
    void noTagThatIsNotAllThereComesToLight() {
        byte[] three = new byte[VirtioNetHeader.LENGTH + 14 + 2 * TagEditor.TAG_LENGTH];
        for (int tag = 0; tag < 3; tag++) {
            int at = VirtioNetHeader.LENGTH + 12 + tag * TagEditor.TAG_LENGTH;
            three[at] = (byte) 0x81;
        }
        assertThat(editor.pop(three, 0, three.length)).isEqualTo(TagEditor.IMPOSSIBLE);
        byte[] all = Arrays.copyOf(three, three.length + TagEditor.TAG_LENGTH);
        assertThat(editor.pop(all, 0, all.length)).isEqualTo(all.length - TagEditor.TAG_LENGTH);
    }

    @Test
    void theShortestFrames() {
        byte[] runt = new byte[12 + 14];
        assertThat(editor.push(runt, 0, runt.length, 7)).isEqualTo(runt.length + 4);
        byte[] tagged = Arrays.copyOf(editor.bytes(), runt.length + 4);
        assertThat(tag(tagged)).isEqualTo(7);
        assertThat(pop(tagged)).isEqualTo(runt);
    }

    private static byte[] frame(Random random, int tags) {
        byte[] payload = new byte[1 + random.nextInt(random.nextBoolean() ? 64_000 : 3_000)];
        random.nextBytes(payload);
        return new FrameBuilder(random)
                .tcp(random.nextBoolean())
                .ipv4(random.nextBoolean())
                .tags(tags)
                .ipOptions(random.nextInt(3))
                .tcpOptions(random.nextInt(11))
                .gsoSize(random.nextInt(4) == 0 ? 0 : 500 + random.nextInt(9_000))
                .payload(payload)
                .build();
    }

    private byte[] push(byte[] frame, int vlan) {
        return Arrays.copyOf(editor.bytes(), editor.push(frame, 0, frame.length, vlan));
    }

    private byte[] pop(byte[] frame) {
        return popped(editor.pop(frame, 0, frame.length));
    }

    private byte[] popped(int length) {
        return Arrays.copyOf(editor.bytes(), length);
    }

    private List<byte[]> finished(byte[] frame) {
        List<byte[]> segments = new ArrayList<>();
        VirtioFault fault = finish.finish(
                frame,
                0,
                frame.length,
                (bytes, offset, length) -> segments.add(Arrays.copyOfRange(bytes, offset, offset + length)));
        assertThat(fault).isEqualTo(VirtioFault.NONE);
        return segments;
    }

    private static int tag(byte[] frame) {
        EthernetFrame view = new EthernetFrame();
        assertThat(view.wrap(frame, 0, frame.length)).isTrue();
        return view.tag();
    }
}
