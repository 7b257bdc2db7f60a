package io.virtualwire.association;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What sealing and opening one datagram costs.
 *
 * <pre>
 * java -cp "$(benchmarks class path)" org.openjdk.jmh.Main DataCipherBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DataCipherBenchmark {
    @Param({"AES_256_GCM", "CHACHA20_POLY1305"})
    private String suite = "AES_256_GCM";

    @Param({"OPENSSL", "JDK"})
    private String library = "OPENSSL";

    /** Message header and payload. */
    @Param({"1440", "9184"})
    private int plaintextLength;

    private DataCipher sealing = CipherLibrary.JDK.sealing(CipherSuite.AES_256_GCM, new byte[32]);
    private DataCipher opening = CipherLibrary.JDK.opening(CipherSuite.AES_256_GCM, new byte[32]);
    private byte[] outgoing = new byte[0];
    private byte[] incoming = new byte[0];
    private final byte[] plaintext = new byte[1 << 16];
    private long counter;

    @Setup
    public void prepare() {
        CipherSuite cipher = CipherSuite.valueOf(suite);
        CipherLibrary whose = CipherLibrary.valueOf(library);
        sealing = whose.sealing(cipher, new byte[32]);
        opening = whose.opening(cipher, new byte[32]);
        outgoing = new byte[DatagramHeader.LENGTH + plaintextLength + DataCipher.TAG_LENGTH];
        sealing.seal(0, counter++, outgoing, 0, plaintextLength);
        incoming = outgoing.clone();
    }

    @Benchmark
    public byte[] seal() {
        sealing.seal(0, counter++, outgoing, 0, plaintextLength);
        return outgoing;
    }

    @TearDown
    public void forget() {
        sealing.close();
        opening.close();
    }

    @Benchmark
    public boolean open() {
        return opening.open(0, 0, incoming, 0, incoming.length, plaintext, 0);
    }
}
