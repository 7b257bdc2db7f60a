package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudType;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The types of cloud that there are: whatever module is on the class path, or in a folder of its own beside it. */
public final class CloudTypes {
    private final List<CloudType> all;

    /** Those that come with this command. */
    public static CloudTypes installed() {
        List<CloudType> all = new ArrayList<>();
        ServiceLoader.load(CloudType.class).forEach(all::add);
        CloudFolder.installed().forEach(folder -> all.addAll(folder.types()));
        return new CloudTypes(all);
    }

    public CloudTypes(List<CloudType> all) {
        this.all = all.stream().sorted(Comparator.comparing(CloudType::type)).toList();
    }

    /** In the order of their names. */
    public List<CloudType> all() {
        return all;
    }

    public CloudType find(String type) {
        return all.stream()
                .filter(it -> it.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.BAD_REQUEST,
                        "there is no type of cloud called '" + type + "'",
                        "choose one of " + all.stream().map(CloudType::type).collect(Collectors.joining(", "))));
    }
}
