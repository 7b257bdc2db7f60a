package io.virtualwire.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.virtualwire.cli.Main;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.testkit.ManualTicker;
import io.virtualwire.time.Ticker;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class ModulesTest {
    @Test
    void aClassBelongsToTheModuleThatBuiltIt() {
        assertThat(Modules.in("wire-core")).accepts(imported(Ticker.class));
        assertThat(Modules.in("wire-testkit")).accepts(imported(ManualTicker.class));
        assertThat(Modules.in("spi")).accepts(imported(CloudAdapter.class));
        assertThat(Modules.in("wire-cli")).accepts(imported(Main.class));
        assertThat(Modules.in("wire-core")).rejects(imported(Main.class), imported(Assertions.class));
    }

    private static JavaClass imported(Class<?> type) {
        return new ClassFileImporter().importClass(type);
    }
}
