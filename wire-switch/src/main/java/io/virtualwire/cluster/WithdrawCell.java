package io.virtualwire.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs where an entry is kept: removes the cell unless it is newer than the version given. */
final class WithdrawCell implements EntryProcessor<String, Cell, Boolean>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private long version;

    WithdrawCell() {
        this(Long.MIN_VALUE);
    }

    WithdrawCell(long version) {
        this.version = version;
    }

    @Override
    @SuppressWarnings("NullAway") // Setting null is how an entry processor removes.
    public Boolean process(Map.Entry<String, Cell> entry) {
        @Nullable Cell there = entry.getValue();
        if (there == null || there.version() > version) {
            return false;
        }
        entry.setValue(null);
        return true;
    }

    @Override
    public int getFactoryId() {
        return TableSerialization.FACTORY;
    }

    @Override
    public int getClassId() {
        return TableSerialization.WITHDRAW;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(version);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        version = in.readLong();
    }
}
