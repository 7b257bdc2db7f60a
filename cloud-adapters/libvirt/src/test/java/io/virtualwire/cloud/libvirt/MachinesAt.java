package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.Machine;
import java.util.List;

/** Prints the names of the machines that hypervisors have, each reached by its own URI. */
final class MachinesAt {
    private MachinesAt() {}

    public static void main(String[] uris) {
        for (String uri : uris) {
            try (LibvirtHypervisor hypervisor = LibvirtHypervisor.connect(uri)) {
                List<String> names =
                        hypervisor.machines().stream().map(Machine::name).toList();
                System.out.println("at " + uri + ": " + names);
            }
        }
    }
}
