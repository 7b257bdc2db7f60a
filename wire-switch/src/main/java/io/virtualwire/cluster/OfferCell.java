package io.virtualwire.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs where an entry is kept: writes the new cell if it is newer than the one there. */
final class OfferCell implements EntryProcessor<String, Cell, Boolean>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private transient Cell offered;

    OfferCell() {
        this(new Cell());
    }

    OfferCell(Cell offered) {
        this.offered = offered;
    }

    @Override
    public Boolean process(Map.Entry<String, Cell> entry) {
        @Nullable Cell there = entry.getValue();
        if (there != null && there.version() >= offered.version()) {
            return false;
        }
        entry.setValue(offered);
        return true;
    }

    @Override
    public int getFactoryId() {
        return TableSerialization.FACTORY;
    }

    @Override
    public int getClassId() {
        return TableSerialization.OFFER;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        offered.writeData(out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        offered = new Cell();
        offered.readData(in);
    }
}
