package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageHeaderTest {
    @Test
    void readsWhatItWroteOverTheWholeRange() {
        Random random = new Random(7);
        byte[] bytes = new byte[MessageHeader.LENGTH + 9];
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(bytes);
            int kind = random.nextInt(256);
            int side = random.nextInt(2);
            boolean superseded = random.nextBoolean();
            int index = random.nextInt();
            int sender = random.nextInt();
            int receiver = random.nextInt();
            long number = random.nextLong();
            int offset = random.nextInt();
            int total = random.nextInt();
            byte before = bytes[8];
            MessageHeader header = new MessageHeader(bytes, 9)
                    .kind(kind)
                    .sideBit(side)
                    .superseded(superseded)
                    .wireIndex(index)
                    .senderGeneration(sender)
                    .receiverGeneration(receiver)
                    .frameNumber(number)
                    .byteOffset(offset)
                    .totalLength(total);
            byte[] copy = new byte[MessageHeader.LENGTH];
            header.copyTo(copy, 0);
            MessageHeader read = new MessageHeader().wrap(copy, 0);
            assertThat(read.kind()).isEqualTo(kind);
            assertThat(read.sideBit()).isEqualTo(side);
            assertThat(read.superseded()).isEqualTo(superseded);
            assertThat(read.wireIndex()).isEqualTo(index);
            assertThat(read.senderGeneration()).isEqualTo(sender);
            assertThat(read.receiverGeneration()).isEqualTo(receiver);
            assertThat(read.frameNumber()).isEqualTo(number);
            assertThat(read.byteOffset()).isEqualTo(offset);
            assertThat(read.totalLength()).isEqualTo(total);
            assertThat(bytes[8]).isEqualTo(before);
        }
    }

    @Test
    void isBigEndianWhereTheDocumentDrawsIt() {
        byte[] bytes = new byte[MessageHeader.LENGTH];
        new MessageHeader(bytes, 0)
                .kind(MessageKind.END)
                .sideBit(1)
                .superseded(true)
                .wireIndex(0x01020304)
                .senderGeneration(0x05060708)
                .receiverGeneration(0x090a0b0c)
                .frameNumber(0x1112131415161718L)
                .byteOffset(0x21222324)
                .totalLength(0x31323334);
        assertThat(Arrays.copyOf(bytes, 4)).containsExactly(4, 3, 0, 0);
        assertThat(Arrays.copyOfRange(bytes, 4, 16)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(bytes[16]).isEqualTo((byte) 0x11);
        assertThat(bytes[23]).isEqualTo((byte) 0x18);
        assertThat(bytes[24]).isEqualTo((byte) 0x21);
        assertThat(bytes[31]).isEqualTo((byte) 0x34);
    }
}
