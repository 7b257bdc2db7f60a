package io.virtualwire.cloud.ec2;

import java.util.Arrays;
import java.util.List;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** By what we find again what we made: two tags on everything, and names made of the same. */
record Tags(String cloud) {
    static final String CLOUD = "virtualwire:cloud";
    static final String HOST = "virtualwire:host";

    /** The name of what a host has only one of. */
    String nameOf(String host) {
        return "virtualwire-" + cloud + "-" + host;
    }

    TagSpecification on(ResourceType kind, String host) {
        return TagSpecification.builder()
                .resourceType(kind)
                .tags(tag("Name", nameOf(host)), tag(CLOUD, cloud), tag(HOST, host))
                .build();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    /** What is of this cloud, and what else is asked. */
    List<Filter> filters(Filter... more) {
        List<Filter> filters = new java.util.ArrayList<>(List.of(filter("tag:" + CLOUD, cloud)));
        filters.addAll(Arrays.asList(more));
        return filters;
    }

    static Filter ofHost(String host) {
        return filter("tag:" + HOST, host);
    }

    static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }

    /** The host that something with these tags was made for; empty if it has none. */
    static String hostOf(List<Tag> tags) {
        return tags.stream()
                .filter(tag -> tag.key().equals(HOST))
                .map(Tag::value)
                .findFirst()
                .orElse("");
    }
}
