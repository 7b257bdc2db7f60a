package io.virtualwire.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness finds what it is for, and says how to find it again. */
class FuzzTest {
    private static final byte[] SEED = {0, 0, 0, 4, 1, 2, 3, 4};

    @TempDir
    private Path folder;

    private final Spoiler spoiled = new SpoiledBytes(List.of(SEED), 100, 0);

    @Test
    void aFailureNamesItsCaseWhichFailsAlone() {
        Fuzz.Target brittle = input -> {
            if (input.length > 3 && ByteBuffer.wrap(input).getInt() == Integer.MAX_VALUE) {
                throw new IllegalStateException("so large");
            }
        };
        String message = catchMessage(() -> fuzz(settings(-1)).run(100_000, spoiled, brittle));
        assertThat(message).contains("so large", "-Dwire.fuzz.seed=7");
        long number = Long.parseLong(message.replaceAll("(?s).*wire.fuzz.case=(\\d+).*", "$1"));
        assertThat(catchMessage(() -> fuzz(settings(number)).run(100_000, spoiled, brittle)))
                .isEqualTo(message);
    }

    @Test
    void believingALengthIsFound() {
        assertThatThrownBy(() -> fuzz(settings(-1))
                        .refusing(RuntimeException.class)
                        .allocatingAtMost(1 << 20)
                        .run(100_000, spoiled, input -> {
                            int length = ByteBuffer.wrap(input).getInt();
                            if (length < 0 || length > 1 << 26) {
                                throw new IllegalArgumentException();
                            }
                            assertThat(new byte[length]).isNotNull();
                        }))
                .hasMessageContaining("allocated");
    }

    @Test
    void aHangIsFound() {
        assertThatThrownBy(() -> fuzz(settings(-1)).run(1_000, spoiled, input -> {
                    while (input.length > 0
                            && input[0] == (byte) 0xff
                            && !Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                }))
                .hasMessageContaining("does not end");
    }

    @Test
    void whatNoLongerWorksIsFoundAndWhatIsPromisedIsNot() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        fuzz(settings(-1)).refusing(IllegalStateException.class).run(1_000, spoiled, input -> {
            taken.incrementAndGet();
            throw new IllegalStateException();
        });
        assertThat(taken).hasValue(1_000);
        assertThat(Files.readString(folder.resolve("it.txt"))).startsWith("1000 cases, 1000 refused");
        assertThatThrownBy(() -> fuzz(settings(-1))
                        .stillWorks(() -> assertThat(taken).hasValueLessThan(1_500))
                        .run(1_000, spoiled, input -> taken.incrementAndGet()))
                .hasMessageContaining("case 509");
    }

    @Test
    void textsComeOutSpoiledButRecognisable() {
        SpoiledText texts = new SpoiledText(List.of("{\"a\": 1, \"b\": [true]}"), 1_000);
        SplittableRandom random = new SplittableRandom(1);
        int same = 0;
        int known = 0;
        for (int i = 0; i < 1_000; i++) {
            String text = texts.text(random);
            assertThat(text.length()).isLessThanOrEqualTo(1_000);
            same += text.equals("{\"a\": 1, \"b\": [true]}") ? 1 : 0;
            known += text.contains("\"a\"") ? 1 : 0;
        }
        assertThat(same).isBetween(20, 300);
        assertThat(known).isGreaterThan(400);
    }

    private FuzzSettings settings(long only) {
        return new FuzzSettings(7, only, 1, 200, folder);
    }

    private static Fuzz fuzz(FuzzSettings settings) {
        return Fuzz.of("it", settings);
    }

    private static String catchMessage(Runnable run) {
        try {
            run.run();
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage());
        }
        throw new IllegalStateException("it did not fail");
    }
}
