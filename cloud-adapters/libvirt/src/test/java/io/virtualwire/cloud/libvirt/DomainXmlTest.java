package io.virtualwire.cloud.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.frame.MacAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DomainXmlTest {
    private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:21");

    @Test
    void aDeviceThatSomebodyMadeIsThereAlways() {
        assertThat(deviceOf("<target dev='web1' managed='no'/>", false)).contains("web1");
        assertThat(deviceOf("<target dev='vnet7' managed='no'/>", true)).contains("vnet7");
        assertThat(deviceOf("", true)).isEmpty();
    }

    @Test
    void oneThatLibvirtMakesIsThereWhileItRuns() {
        assertThat(deviceOf("<target dev='web1'/>", true)).contains("web1");
        assertThat(deviceOf("<target dev='web1' managed='yes'/>", true)).contains("web1");
        assertThat(deviceOf("<target dev='web1'/>", false)).isEmpty();
    }

    /** It would be called otherwise where the machine goes. */
    @Test
    void aNameThatLibvirtChoseIsNone() {
        assertThat(deviceOf("<target dev='vnet7'/>", true)).isEmpty();
    }

    @Test
    void whatIsThereIsNotMade() {
        DomainXml domain = domain("<target dev='web1'/>");
        assertThat(domain.leave(Set.of("web2"))).isFalse();
        assertThat(domain.leave(Set.of("web1", "web2"))).isTrue();
        assertThat(domain.text()).containsPattern("<target dev=\"web1\" managed=\"no\"/>");
        assertThat(domain.leave(Set.of("web1"))).isFalse();
    }

    private static Optional<String> deviceOf(String target, boolean running) {
        Machine.Nic nic = domain(target).nics(running).getFirst();
        assertThat(nic.mac()).isEqualTo(MAC);
        assertThat(nic.kind()).isEqualTo("ethernet");
        return nic.device();
    }

    private static DomainXml domain(String target) {
        return DomainXml.parse("<domain><devices><interface type='ethernet'><mac address='" + MAC + "'/>" + target
                + "</interface></devices></domain>");
    }
}
