package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cli.output.Table;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.VmAttachment;
import io.virtualwire.client.VmPolicy;
import io.virtualwire.client.VmView;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire vm …}. */
@Command(name = "vm", description = "The virtual machines among the endpoints of your fabric.")
public final class VmCommand {

    @Command(
            name = "attach",
            description = "Make an interface of a virtual machine an endpoint, which goes where the machine goes.",
            footerHeading = "%nExamples:%n",
            footer = {"  wire vm attach web1 --host east-1", "  wire vm attach web1:1 --as web1-lan --host east-1"})
    int attach(
            @Parameters(
                            paramLabel = "DOMAIN[:N]",
                            description =
                                    "The machine as its hypervisor calls it, and which of its interfaces; the first is 0, and"
                                            + " meant if none is given.")
                    String what,
            @Option(names = "--host", required = true, paramLabel = "HOST", description = "Where it is.") String host,
            @Option(
                            names = "--as",
                            paramLabel = "NAME",
                            description =
                                    "What the endpoint is called; default: as the one that is there for its TAP, else as the"
                                            + " machine, and -N after the first.")
                    Optional<String> as,
            @Option(
                            names = "--vm",
                            paramLabel = "NAME",
                            description = "What the machine is called; default: as its hypervisor calls it.")
                    Optional<String> name,
            @Option(
                            names = "--mtu",
                            paramLabel = "BYTES",
                            defaultValue = "0",
                            description = "What the guest may send; default: 1500.")
                    int mtu,
            @Option(
                            names = "--device",
                            paramLabel = "TAP",
                            description =
                                    "The host's interface, for a machine that no hypervisor of the fabric knows; with --mac.")
                    Optional<String> device,
            @Option(names = "--mac", paramLabel = "MAC", description = "The guest's address, with --device.")
                    Optional<String> mac,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        if (device.isPresent() != mac.isPresent()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "--device and --mac belong together",
                    "give both for a machine that no hypervisor of the fabric knows, none for another");
        }
        int colon = what.lastIndexOf(':');
        String domain = colon < 0 ? what : what.substring(0, colon);
        int nic = colon < 0 ? 0 : number(what, what.substring(colon + 1));
        VmView vm = node.ask(
                person,
                client -> client.attach(
                        name.orElse(domain),
                        new VmAttachment(
                                domain, host, nic, as.orElse(""), mtu, device.orElse(null), mac.orElse(null))));
        VmView.Nic made = vm.nics().stream()
                .filter(each -> each.number() == nic)
                .findFirst()
                .orElseThrow();
        output.print(
                vm,
                out -> out.println("interface " + nic + " of " + vm.name() + " (" + made.mac() + ", " + made.device()
                        + ") is endpoint " + made.endpoint() + ", on " + vm.host() + " now"));
        return ExitCode.OK;
    }

    private static int number(String what, String digits) {
        if (!digits.matches("\\d{1,3}")) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + what + "' does not name an interface",
                    "write DOMAIN:N, with the interface's number from 0");
        }
        return Integer.parseInt(digits);
    }

    @Command(
            name = "follow",
            description = {
                "Have the wires of a virtual machine follow it when somebody else moves it.",
                "They stand by where it may appear, and follow when its own RARP, gratuitous ARP or first frame comes there."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  wire vm follow web1", "  wire vm follow web1 --place west-1", "  wire vm follow web1 --never"})
    int follow(
            @Parameters(paramLabel = "VM", description = "The machine.") String name,
            @Option(
                            names = "--place",
                            paramLabel = "HOST",
                            description = "Where it may appear, as often as needed; default: every host of the fabric.")
                    List<String> places,
            @Option(names = "--never", description = "Have them follow no longer.") boolean never,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        List<String> hosts = places == null ? List.of() : places;
        if (never && !hosts.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "--never and --place contradict each other", "give one of them");
        }
        VmPolicy policy = new VmPolicy(never ? VmPolicy.NEVER : VmPolicy.RARP, hosts);
        node.ask(person, client -> client.follow(name, policy));
        output.print(
                Map.of("vm", name, "follow", policy.follow(), "places", policy.places()),
                out -> out.println(
                        never
                                ? "the wires of " + name + " stay where they are, whoever moves it"
                                : "the wires of " + name + " follow it to "
                                        + (hosts.isEmpty() ? "every host" : String.join(", ", hosts))));
        return ExitCode.OK;
    }

    @Command(
            name = "detach",
            description =
                    "Make the endpoints of a virtual machine none, once no wire goes there; succeeds if it has none.")
    int detach(
            @Parameters(paramLabel = "VM", description = "The machine.") String name,
            @Option(names = "--endpoint", paramLabel = "NAME", description = "Only this one.")
                    Optional<String> endpoint,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        node.ask(person, client -> {
            client.detach(name, endpoint.orElse(""));
            return true;
        });
        output.print(
                Map.of("vm", name, "detached", true),
                out -> out.println(
                        endpoint.map(it -> "endpoint " + it + " of " + name).orElse(name) + " is detached"));
        return ExitCode.OK;
    }

    @Command(name = "ls", description = "List them: where each is, what it does, and its wires.")
    int list(@Mixin NodeOption node, @Mixin Person person, @Mixin Output output) {
        List<VmView> vms = node.ask(person, NodeClient::vms);
        output.print(vms, out -> {
            Table table = new Table("VM", "HOST", "STATE", "MOVING TO", "ENDPOINTS", "WIRES");
            vms.forEach(vm -> table.row(
                    vm.name(),
                    vm.host(),
                    vm.state(),
                    vm.movingTo().isEmpty() ? "-" : vm.movingTo() + " (" + vm.phase() + ")",
                    vm.nics().stream().map(VmView.Nic::endpoint).collect(Collectors.joining(" ")),
                    wires(vm)));
            table.print(out);
        });
        return ExitCode.OK;
    }

    private static String wires(VmView vm) {
        String wires = vm.nics().stream().flatMap(nic -> nic.wires().stream()).collect(Collectors.joining(" "));
        return wires.isEmpty() ? "-" : wires;
    }

    @Command(name = "show", description = "Show one of them.")
    int show(
            @Parameters(paramLabel = "VM", description = "The machine.") String name,
            @Mixin NodeOption node,
            @Mixin Person person,
            @Mixin Output output) {
        VmView vm = node.ask(person, client -> client.vm(name));
        output.print(vm, out -> {
            out.println("virtual machine " + vm.name() + " on " + vm.host() + ", " + vm.state()
                    + (vm.detail().isEmpty() ? "" : " (" + vm.detail() + ")")
                    + (vm.movingTo().isEmpty() ? "" : ", moving to " + vm.movingTo() + " (" + vm.phase() + ")"));
            out.println("  domain " + vm.domain() + ", " + vm.id()
                    + (vm.movingTo().isEmpty() && !vm.phase().isEmpty() ? ", last move: " + vm.phase() : ""));
            Table nics = new Table("  NIC", "ENDPOINT", "ADDRESS", "DEVICE", "MTU", "WIRES");
            vm.nics()
                    .forEach(nic -> nics.row(
                            "  " + nic.number(),
                            nic.endpoint(),
                            nic.mac(),
                            nic.device(),
                            nic.mtu(),
                            nic.wires().isEmpty() ? "-" : String.join(" ", nic.wires())));
            nics.print(out);
            if (vm.follow().equals(VmPolicy.RARP)) {
                out.println("  its wires follow it; awaited: "
                        + (vm.standbys().isEmpty()
                                ? "nowhere yet"
                                : vm.standbys().stream()
                                        .map(it -> it.host() + (it.ready() ? "" : " (not ready: " + it.detail() + ")"))
                                        .collect(Collectors.joining(", "))));
            }
        });
        return ExitCode.OK;
    }
}
