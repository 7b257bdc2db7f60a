package io.virtualwire.cli.command;

import io.virtualwire.cli.provision.HostRecord;
import io.virtualwire.cli.provision.HostRecords;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.HostSpec;
import java.util.Optional;
import java.util.stream.Stream;

/** A host as its connector describes itself to whoever knows it by an address that nodes reach. */
final class FabricHost {
    private final WireEnd end;

    /** @param end any, on that host */
    FabricHost(WireEnd end) {
        if (end.isLocal()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot tell the nodes where " + end.ref().host() + " is: it is known here as "
                            + end.connector().address() + ", which is another host on each of them",
                    "tell an address that they reach: wire host add "
                            + end.ref().host() + " ADDRESS");
        }
        this.end = end;
    }

    HostSpec describe(Person person) {
        HostAddress api = end.connector().address();
        Identity identity = end.health().identity();
        boolean expected = identity.equals(
                new Identity(person.credentials().identity().tenant(), end.ref().host()));
        Optional<HostRecord.Facts> facts = facts(person, end.ref().host(), api);
        return new HostSpec(
                        api.toString(),
                        Stream.concat(Stream.of(end.health().dataPort()), end.health().streamPorts().stream())
                                .map(port -> new HostAddress(api.host(), port).toString())
                                .toList(),
                        expected ? null : identity)
                .within(
                        facts.map(HostRecord.Facts::network).orElse(null),
                        facts.map(HostRecord.Facts::inside).orElse(null));
    }

    /** What is known of it if it was launched or added from here, and is where that has it. */
    private static Optional<HostRecord.Facts> facts(Person person, String host, HostAddress api) {
        return new HostRecords(person.home())
                .find(host)
                .map(HostRecord::facts)
                .filter(facts -> api.host().equals(facts.address()));
    }
}
