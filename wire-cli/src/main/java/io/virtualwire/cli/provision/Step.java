package io.virtualwire.cli.provision;

/**
 * How far a machine is on its way to be a host.
 *
 * <pre>
 *   LAUNCHED ─▶ REACHABLE ─▶ PACKAGE_INSTALLED ─▶ ENROLLED ─▶ HYPERVISOR_OPEN
 *            ─▶ SERVICES_RUNNING ─▶ KVM_PROBED ─▶ MTU_MEASURED ─▶ PORT_OPEN ─▶ READY
 * </pre>
 *
 * Each is taken by a {@link HostStep} that may be repeated: who is killed between two, or in the middle of one, begins it again.
 */
public enum Step {
    /** There is a machine. */
    LAUNCHED("a machine"),
    /** Commands can be run on it. */
    REACHABLE("a way in"),
    /** The {@code wire} command is there, and what machines need. */
    PACKAGE_INSTALLED("the package"),
    /** Its daemons have credentials. */
    ENROLLED("credentials"),
    /** Nodes, and the hypervisors of other hosts, can ask its hypervisor; nobody else can. */
    HYPERVISOR_OPEN("hypervisor"),
    /** Its daemons run, and are started again with the machine. */
    SERVICES_RUNNING("services"),
    /** It is known whether guests run with KVM. */
    KVM_PROBED("KVM"),
    /** It is known what the paths to other hosts carry. */
    MTU_MEASURED("path MTU"),
    /** Others reach its ports, and nobody else does where the cloud filters. */
    PORT_OPEN("ports"),
    /** It is noted as a host. */
    READY("ready");

    private final String title;

    Step(String title) {
        this.title = title;
    }

    /** What it gives, in a word or two. */
    public String title() {
        return title;
    }
}
