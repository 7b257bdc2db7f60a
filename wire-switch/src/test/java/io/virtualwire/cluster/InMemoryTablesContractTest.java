package io.virtualwire.cluster;

/** The fake keeps the contract too. */
final class InMemoryTablesContractTest extends ReplicatedTableContractTest {
    private final InMemoryTables tables = new InMemoryTables();

    @Override
    ReplicatedTable<Port> table(int node) {
        return tables.table("fdb", CODEC);
    }
}
