package io.virtualwire.migration;

import io.virtualwire.component.Component;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.transport.Loop;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What the keepers of one node share.
 *
 * @param self this node's process
 * @param tenant the user's own tenant, of which hosts are unless they say otherwise
 * @param near a host as it is reached from this node
 * @param factory makes the component of that name
 * @param proposals takes commands for the log; what became of one shows in the log's state
 * @param observer told what happens
 */
public record KeeperContext(
        NodeRecord self,
        String tenant,
        UnaryOperator<HostSpec> near,
        Loop loop,
        NodeWires wires,
        FarEnds farEnds,
        ReplicatedStates states,
        Function<String, Component> factory,
        Consumer<FabricCommand> proposals,
        KeeperObserver observer) {}
