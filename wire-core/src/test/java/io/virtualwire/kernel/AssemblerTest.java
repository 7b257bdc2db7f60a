package io.virtualwire.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Instructions as llvm-mc(1) writes them for the same lines. */
final class AssemblerTest {
    static Stream<Arguments> encodings() {
        return Stream.of(
                line("r6 = r1", "bf16000000000000", code().move(6, 1)),
                line("r0 = 2", "b700000002000000", code().set(0, 2)),
                line("r2 += -4", "07020000fcffffff", code().add(2, -4)),
                line("r8 >>= 32", "7708000020000000", code().shiftRight(8, 32)),
                line("r2 = *(u32 *)(r6 + 40)", "6162280000000000", code().load(Assembler.WORD, 2, 6, 40)),
                line("r2 = *(u16 *)(r6 + 2)", "6962020000000000", code().load(Assembler.HALF, 2, 6, 2)),
                line("r8 = *(u64 *)(r7 + 0)", "7978000000000000", code().load(Assembler.DOUBLE, 8, 7, 0)),
                line("*(u32 *)(r10 - 4) = r2", "632afcff00000000", code().store(Assembler.WORD, 10, -4, 2)),
                line("*(u64 *)(r8 + 8) = r1", "7b18080000000000", code().store(Assembler.DOUBLE, 8, 8, 1)),
                line("*(u64 *)(r10 - 56) = 0", "7a0ac8ff00000000", code().storeNumber(Assembler.DOUBLE, 10, -56, 0)),
                line("*(u8 *)(r10 - 35) = 64", "720addff40000000", code().storeNumber(Assembler.BYTE, 10, -35, 64)),
                line("lock *(u64 *)(r7 + 24) += r1", "db17180000000000", code().addAtomically(7, 24, 1)),
                line("call 23", "8500000017000000", code().call(23)),
                line("exit", "9500000000000000", code().exit()),
                line("r1 = map 7", "18110000070000000000000000000000", code().map(1, 7)),
                line("r1 = record of map 7", "18210000070000000000000000000000", code().record(1, 7)));
    }

    private static Assembler code() {
        return new Assembler();
    }

    private static Arguments line(String text, String bytes, Assembler code) {
        return Arguments.of(text, bytes, code);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encodings")
    void isEncodedAsEverywhere(String text, String bytes, Assembler code) {
        assertThat(HexFormat.of().formatHex(code.instructions())).as(text).isEqualTo(bytes);
    }

    @Test
    void jumpsCountFromTheNextInstruction() {
        byte[] forward = code().ifEqual(0, 0, "end")
                .ifNotEqual(1, 3, "end")
                .ifDifferent(1, 2, "end")
                .ifNotAbove(1, 2, "end")
                .jump("end")
                .exit()
                .label("end")
                .exit()
                .instructions();
        assertThat(HexFormat.of().formatHex(forward))
                .isEqualTo("1500050000000000" + "5501040003000000" + "5d21030000000000" + "bd21020000000000"
                        + "0500010000000000" + "9500000000000000" + "9500000000000000");
    }

    @Test
    void aMapTakesTwoInstructions() {
        byte[] over = code().jump("end").map(1, 7).label("end").exit().instructions();
        assertThat(over[2]).isEqualTo((byte) 2);
    }

    @Test
    void labelsAreSetOnce() {
        assertThatThrownBy(() -> code().jump("nowhere").instructions()).hasMessageContaining("nowhere");
        assertThatThrownBy(() -> code().label("here").label("here")).hasMessageContaining("here");
    }
}
