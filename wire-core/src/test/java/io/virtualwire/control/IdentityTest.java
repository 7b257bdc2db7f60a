package io.virtualwire.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdentityTest {
    @Test
    void isTheSameAsOneOfTheSameTenantAndName() {
        Identity rack = new Identity("acme", "rack");
        assertThat(Identity.parse("acme/rack")).isEqualTo(rack).hasSameHashCodeAs(rack);
        assertThat(rack)
                .isNotEqualTo(new Identity("acme", "rack2"))
                .isNotEqualTo(new Identity("acme2", "rack"))
                .isNotEqualTo("acme/rack");
    }
}
