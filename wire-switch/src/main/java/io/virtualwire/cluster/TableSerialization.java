package io.virtualwire.cluster;

import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/** The numbers by which members of one cluster name these classes to one another; part of the wire format. */
final class TableSerialization implements DataSerializableFactory {
    static final int FACTORY = 7471;
    static final int CELL = 1;
    static final int OFFER = 2;
    static final int WITHDRAW = 3;
    static final int NEWEST = 4;

    @Override
    public IdentifiedDataSerializable create(int classId) {
        return switch (classId) {
            case CELL -> new Cell();
            case OFFER -> new OfferCell();
            case WITHDRAW -> new WithdrawCell();
            case NEWEST -> new NewestCell();
            default -> throw new IllegalArgumentException("unknown class " + classId);
        };
    }
}
