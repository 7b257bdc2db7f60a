package io.virtualwire.testkit.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;

class NetnsExtensionTest {
    private static final long NET_AND_SYS_ADMIN = 1L << 12 | 1L << 21;

    @Test
    void nothingIsMissingOnAMachineWithAll() {
        assertThat(new NetnsRequirements(NET_AND_SYS_ADMIN, true, true).missing())
                .isEmpty();
    }

    @Test
    void eachMissingThingSaysWhatToDo() {
        assertThat(new NetnsRequirements(1L << 12, false, false).missing())
                .hasSize(3)
                .anyMatch(text -> text.contains("run as root"))
                .anyMatch(text -> text.contains("/dev/net/tun"))
                .anyMatch(text -> text.contains("apt-get install iproute2"));
    }

    @Test
    void withoutPromiseTheTestIsDisabledWithItsReason() {
        NetnsExtension extension = new NetnsExtension(List.of("no root"), false);

        var result = extension.evaluateExecutionCondition(context());

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason())
                .hasValueSatisfying(reason -> assertThat(reason).contains("no root"));
    }

    @Test
    void whereCiPromisedItTheTestFails() {
        NetnsExtension extension = new NetnsExtension(List.of("no root"), true);

        assertThat(extension.evaluateExecutionCondition(context()).isDisabled()).isFalse();
        assertThatThrownBy(() -> extension.beforeEach(context()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no root");
    }

    /* The extension asks nothing of its context. */
    private static ExtensionContext context() {
        return (ExtensionContext) Proxy.newProxyInstance(
                ExtensionContext.class.getClassLoader(),
                new Class<?>[] {ExtensionContext.class},
                (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
