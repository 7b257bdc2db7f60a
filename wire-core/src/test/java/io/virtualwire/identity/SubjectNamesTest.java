package io.virtualwire.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class SubjectNamesTest {
    @Test
    void tellWhoAMemberIs() {
        Credentials web = TenantAuthority.create("acme", InstantSource.system()).issue("web");
        assertThat(SubjectNames.of(web.certificate()).identity()).isEqualTo(new Identity("acme", "web"));
    }

    @Test
    void neverTakeAnAuthorityForAMember() {
        TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());
        assertThatThrownBy(() -> SubjectNames.of(authority.certificate()).identity())
                .isInstanceOf(WireException.class);
    }
}
