package io.virtualwire.log;

import java.time.Duration;

/** The fake keeps the contract too. */
final class InMemoryFabricContractTest extends FabricLogContractTest {
    @Override
    Fabric start() {
        InMemoryFabric<Ledger.Command, Ledger> fabric = new InMemoryFabric<>(new Ledger.Machine(), 3);
        return new Fabric() {
            @Override
            public FabricLog<Ledger.Command, Ledger> log(int node) {
                return fabric.log(node);
            }

            @Override
            public void stop(int node) {
                fabric.stop(node);
            }

            @Override
            public void start(int node) {
                fabric.start(node);
            }

            @Override
            public Duration patience() {
                return Duration.ZERO;
            }

            @Override
            public void close() {}
        };
    }
}
