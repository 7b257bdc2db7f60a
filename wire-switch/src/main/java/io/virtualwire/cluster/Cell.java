package io.virtualwire.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A table's entry as Hazelcast keeps it: members compare versions and never look into the value. */
final class Cell implements IdentifiedDataSerializable {
    private static final int PIECE = 1 << 13;

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
        value = readValue(in);
    }

    /** What {@code writeByteArray} wrote; memory is taken as bytes come, whatever length stands before them. */
    private static byte[] readValue(ObjectDataInput in) throws IOException {
        int length = in.readInt();
        ByteArrayOutputStream read = new ByteArrayOutputStream(Math.clamp(length, 0, PIECE));
        for (int left = length; left > 0; left -= PIECE) {
            byte[] piece = new byte[Math.min(left, PIECE)];
            in.readFully(piece);
            read.writeBytes(piece);
        }
        return read.toByteArray();
    }
}
