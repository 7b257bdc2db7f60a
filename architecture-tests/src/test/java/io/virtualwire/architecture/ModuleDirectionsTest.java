package io.virtualwire.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.virtualwire.architecture.Modules.in;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Modules depend one way: core, then what daemons share, then connector, switch and cloud adapters, then the command line. */
@AnalyzeClasses(packages = "io.virtualwire")
class ModuleDirectionsTest {
    @ArchTest
    static final ArchRule coreKnowsNobody = noClasses()
            .that(in("wire-core"))
            .should()
            .dependOnClassesThat(in(
                    "wire-daemon",
                    "wire-connector",
                    "wire-switch",
                    "wire-cli",
                    "wire-testkit",
                    "spi",
                    "local",
                    "ssh",
                    "libvirt",
                    "ec2"))
            .because("the wire stack is embedded by hosts and nodes alike and must not drag one into the other");

    @ArchTest
    static final ArchRule whatDaemonsShareKnowsOnlyCore = noClasses()
            .that(in("wire-daemon"))
            .should()
            .dependOnClassesThat(in(
                    "wire-connector",
                    "wire-switch",
                    "wire-cli",
                    "wire-testkit",
                    "spi",
                    "local",
                    "ssh",
                    "libvirt",
                    "ec2"))
            .because("how a daemon shows itself does not depend on which one it is");

    @ArchTest
    static final ArchRule connectorKnowsOnlyCore = noClasses()
            .that(in("wire-connector"))
            .should()
            .dependOnClassesThat(in("wire-switch", "wire-cli", "wire-testkit", "spi", "local", "ssh", "libvirt", "ec2"))
            .because("a cloud's host daemon holds no network logic of its users");

    @ArchTest
    static final ArchRule switchKnowsOnlyCoreAndTheContractOfClouds = noClasses()
            .that(in("wire-switch"))
            .should()
            .dependOnClassesThat(in("wire-connector", "wire-cli", "wire-testkit", "local", "ssh", "libvirt", "ec2"))
            .because(
                    "a user's node reaches connectors through their API only: they belong to somebody else; and hypervisors"
                            + " through the SPI, so that it starts where no library of theirs is");

    @ArchTest
    static final ArchRule adaptersKnowOnlyCoreAndTheirContract = noClasses()
            .that(in("spi", "local", "ssh", "libvirt", "ec2", "ec2-stand-in"))
            .should()
            .dependOnClassesThat(in("wire-daemon", "wire-connector", "wire-switch", "wire-cli", "wire-testkit"))
            .because("a cloud adapter can be written and shipped by somebody who has only the SPI");

    @ArchTest
    static final ArchRule nobodyShipsTheStandIn = noClasses()
            .that(in(
                    "wire-cli",
                    "wire-connector",
                    "wire-switch",
                    "wire-daemon",
                    "wire-core",
                    "spi",
                    "local",
                    "ssh",
                    "libvirt",
                    "ec2"))
            .should()
            .dependOnClassesThat(in("ec2-stand-in"))
            .because("what plays EC2 is for tests and demonstrations");

    @ArchTest
    static final ArchRule nobodyShipsTheTestKit = noClasses()
            .that(in("wire-cli", "wire-connector", "wire-switch", "wire-daemon", "wire-core"))
            .should()
            .dependOnClassesThat(in("wire-testkit"))
            .because("fakes have no place in production code");
}
