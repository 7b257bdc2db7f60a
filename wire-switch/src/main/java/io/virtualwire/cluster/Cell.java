package io.virtualwire.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;

/** A table's entry as Hazelcast keeps it: members compare versions and never look into the value. */
final class Cell implements IdentifiedDataSerializable {
    private long version;
    private byte[] value;

    Cell() {
        this(Long.MIN_VALUE, new byte[0]);
    }

    Cell(long version, byte[] value) {
        this.version = version;
        this.value = value;
    }

    long version() {
        return version;
    }

    byte[] value() {
        return value;
    }

    @Override
    public int getFactoryId() {
        return TableSerialization.FACTORY;
    }

    @Override
    public int getClassId() {
        return TableSerialization.CELL;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(version);
        out.writeByteArray(value);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        version = in.readLong();
        byte[] read = in.readByteArray();
        value = read == null ? new byte[0] : read;
    }
}
