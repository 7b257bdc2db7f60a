package io.virtualwire.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.virtualwire.architecture.Modules.in;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Each large library is touched in one place, so that it can be understood, tested and replaced there. */
@AnalyzeClasses(packages = "io.virtualwire")
class LibrariesTest {
    @ArchTest
    static final ArchRule forwardingIsPure = noClasses()
            .that()
            .resideInAPackage("io.virtualwire.forwarding..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.netty..",
                    "io.vertx..",
                    "com.hazelcast..",
                    "org.apache.ratis..",
                    "com.fasterxml..",
                    "java.net..",
                    "java.nio.channels..",
                    "java.io..",
                    "java.util.concurrent..")
            .because("decisions over primitives run in the simulator, under JMH and on the owner thread unchanged");

    @ArchTest
    static final ArchRule hazelcastOnlyInCluster = noClasses()
            .that()
            .resideOutsideOfPackage("io.virtualwire.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast..")
            .because("Hazelcast carries only what may be rebuilt; truth must not leak into it");

    @ArchTest
    static final ArchRule ratisOnlyInLog = noClasses()
            .that()
            .resideOutsideOfPackage("io.virtualwire.log..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.ratis..")
            .because("the rest of the fabric sees a replicated log, not the Raft library that keeps it");

    @ArchTest
    static final ArchRule noVertxInCoreNorOnTheCommandLine = noClasses()
            .that(in("wire-core", "wire-cli"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..")
            .because("the wire stack is a plain library, and a command must start in a fraction of a second");

    @ArchTest
    static final ArchRule libvirtOnlyInItsAdapter = noClasses()
            .that()
            .resideOutsideOfPackage("io.virtualwire.cloud.libvirt..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.libvirt..", "com.sun.jna..")
            .because("only one adapter may need native code of a hypervisor");

    @ArchTest
    static final ArchRule sshOnlyInItsAdapter = noClasses()
            .that()
            .resideOutsideOfPackage("io.virtualwire.cloud.ssh..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.sshd..")
            .because("everybody else runs commands through a HostShell, whatever is behind it");

    @ArchTest
    static final ArchRule awsOnlyInItsAdapter = noClasses()
            .that()
            .resideOutsideOfPackage("io.virtualwire.cloud.ec2")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon..")
            .because(
                    "it is loaded by a few commands only; and what stands in for EC2 must not know what it is to check");

    @ArchTest
    static final ArchRule systemCallsOnlyInLinux = noClasses()
            .that(in("wire-daemon", "wire-connector", "wire-switch", "wire-cli", "spi", "local", "ssh"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign..")
            .because("the few system calls are made in io.virtualwire.linux, where their structures are tested");

    @ArchTest
    static final ArchRule foreignMemoryOnlyInTwoPackages = noClasses()
            .that(in("wire-core"))
            .and()
            .resideOutsideOfPackages("io.virtualwire.linux..", "io.virtualwire.openssl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign..")
            .because("what can crash the process is small enough to be read as a whole");

    @ArchTest
    static final ArchRule theCommandLineKnowsNoDataPath = noClasses()
            .that()
            .resideInAPackage("io.virtualwire.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.virtualwire.frame..",
                    "io.virtualwire.port..",
                    "io.virtualwire.wire..",
                    "io.virtualwire.association..",
                    "io.virtualwire.transport..")
            .because("whatever a command does it asks of a daemon");

    @ArchTest
    static final ArchRule theDataPathKnowsNoControlLibraries = noClasses()
            .that()
            .resideInAnyPackage("io.virtualwire.frame..", "io.virtualwire.port..", "io.virtualwire.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.fasterxml.jackson.databind..",
                    "com.fasterxml.jackson.core..",
                    "org.bouncycastle..",
                    "java.net.http..")
            .because("what touches each frame stays small enough to be read in one sitting");
}
