package io.virtualwire.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/** Decides, when two halves of a cluster meet again, which half's entry stays: the one of the higher version. */
final class NewestCell implements SplitBrainMergePolicy<Cell, MergingValue<Cell>, Object>, IdentifiedDataSerializable {
    @Override
    public @Nullable Object merge(MergingValue<Cell> merging, @Nullable MergingValue<Cell> existing) {
        Cell here = existing == null ? null : existing.getDeserializedValue();
        Cell there = merging.getDeserializedValue();
        return here != null && (there == null || here.version() >= there.version()) ? here : there;
    }

    @Override
    public int getFactoryId() {
        return TableSerialization.FACTORY;
    }

    @Override
    public int getClassId() {
        return TableSerialization.NEWEST;
    }

    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
}
