package io.virtualwire.cloud.ec2.standin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A public address that belongs to the account until it is released. */
final class ElasticAddress extends Thing {
    final String address;

    @Nullable
    String instance;

    ElasticAddress(String id, Map<String, String> tags, String address) {
        super(id, tags, 0);
        this.address = address;
    }

    @Override
    @Nullable
    String property(String filter) {
        return switch (filter) {
            case "instance-id" -> instance;
            case "allocation-id" -> id();
            case "public-ip" -> address;
            default -> null;
        };
    }
}
