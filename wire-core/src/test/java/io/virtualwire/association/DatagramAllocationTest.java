package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writing a datagram and proving it allocates nothing, but what the JDK's cipher does where that seals. */
class DatagramAllocationTest {
    private static final int DATAGRAMS = 1_000;
    private static final int PAYLOAD = 1_400;
    /** {@code Cipher.init} with another nonce, as of JDK 25: a few small objects, none that grows with the datagram. */
    private static final long CIPHER_BYTES = 1_400;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final MessageHeader message =
            new MessageHeader().kind(MessageKind.FRAME).wireIndex(3);
    private final DatagramHeader header = new DatagramHeader();
    private final byte[] payload = new byte[PAYLOAD];
    private final byte[] datagram = new byte[2_000];
    private final byte[] plaintext = new byte[2_000];

    @Test
    void plain() {
        assertThat(allocated(CipherLibrary.JDK, CipherSuite.AES_256_GCM, true))
                .as("bytes for %d datagrams", DATAGRAMS)
                .isLessThan(8 * DATAGRAMS);
    }

    @ParameterizedTest
    @EnumSource(CipherSuite.class)
    void sealedByOpenSsl(CipherSuite suite) {
        assertThat(allocated(CipherLibrary.OPENSSL, suite, false))
                .as("bytes for %d datagrams, there and back", DATAGRAMS)
                .isLessThan(8 * DATAGRAMS);
    }

    @Test
    void sealedByTheJdk() {
        assertThat(allocated(CipherLibrary.JDK, CipherSuite.AES_256_GCM, false) / DATAGRAMS)
                .as("bytes for one datagram, there and back")
                .isLessThan(2 * CIPHER_BYTES);
    }

    private long allocated(CipherLibrary library, CipherSuite suite, boolean plain) {
        try (SendLane out = new SendLane(
                        0,
                        7,
                        library.sealing(suite, new byte[32]),
                        new HeaderTag(new byte[16]),
                        new Allowance(1L << 20, 1));
                ReceiveLane in = new ReceiveLane(library.opening(suite, new byte[32]), new HeaderTag(new byte[16]))) {
            pass(out, in, plain);
            long before = threads.getCurrentThreadAllocatedBytes();
            pass(out, in, plain);
            return threads.getCurrentThreadAllocatedBytes() - before;
        }
    }

    private void pass(SendLane out, ReceiveLane in, boolean plain) {
        boolean all = true;
        for (int i = 0; i < DATAGRAMS; i++) {
            int length = out.write(datagram, 0, message, plain, payload, 0, PAYLOAD);
            header.wrap(datagram, 0);
            all &= (plain ? in.verifyPlain(header, datagram, 0) : in.openSealed(header, datagram, 0, length, plaintext))
                    == null;
        }
        assertThat(all).isTrue();
    }
}
