package io.virtualwire.topology;

import java.util.UUID;

/**
 * What is owed to a host that a virtual machine has left: its endpoint is to be removed there, once no side uses it.
 *
 * @param stop whether a copy of the machine that may still run there is to be stopped first
 */
public record VmDebt(String vm, String domain, UUID id, String host, HostSpec hostSpec, String endpoint, boolean stop) {

    boolean is(String machine, String where, String what) {
        return vm.equals(machine) && host.equals(where) && endpoint.equals(what);
    }
}
