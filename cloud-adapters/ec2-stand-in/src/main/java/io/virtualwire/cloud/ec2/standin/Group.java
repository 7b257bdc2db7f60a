package io.virtualwire.cloud.ec2.standin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A security group and what it lets in. */
final class Group extends Thing {
    final String name;
    final String description;
    final String vpc;
    /** What it lets in, each with its description. */
    final Map<InstanceBacking.Opening, String> openings = new LinkedHashMap<>();

    Group(String id, Map<String, String> tags, int hidden, String name, String description, String vpc) {
        super(id, tags, hidden);
        this.name = name;
        this.description = description;
        this.vpc = vpc;
    }

    @Override
    @Nullable
    String property(String filter) {
        return switch (filter) {
            case "group-name" -> name;
            case "group-id" -> id();
            case "vpc-id" -> vpc;
            default -> null;
        };
    }
}
