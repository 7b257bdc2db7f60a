package io.virtualwire.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class TableTest {
    @Test
    void alignsColumnsAndLeavesNoBlanksAtTheEnd() {
        StringWriter out = new StringWriter();
        new Table("HOST", "ADDRESS")
                .row("a", "192.0.2.1:7472")
                .row("longer", "")
                .print(new PrintWriter(out));
        assertThat(out.toString().lines()).containsExactly("HOST    ADDRESS", "a       192.0.2.1:7472", "longer");
    }

    @Test
    void refusesARowThatDoesNotFit() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Table("ONE").row("1", "2"));
    }
}
