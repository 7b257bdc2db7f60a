package io.virtualwire.topology;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what differs between two topologies, field by field as a file writes them. */
public final class TopologyDifference {
    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new Jdk8Module()).build();

    private final List<TopologyChange> changes = new ArrayList<>();

    private TopologyDifference() {}

    /** What makes the first into the second: hosts, then switches, then wires, then virtual machines; each kind in order of its names. */
    public static List<TopologyChange> between(Topology first, Topology second) {
        TopologyDifference difference = new TopologyDifference();
        difference.compare("host", first.hosts(), second.hosts());
        difference.compare("switch", first.switches(), second.switches());
        difference.compare("wire", byName(first), byName(second));
        difference.compare("vm", first.vms(), second.vms());
        return List.copyOf(difference.changes);
    }

    private static Map<String, WireSpec> byName(Topology topology) {
        return topology.wires().stream().collect(Collectors.toMap(WireSpec::name, Function.identity()));
    }

    private void compare(String kind, Map<String, ?> first, Map<String, ?> second) {
        for (String name : union(first, second)) {
            SortedMap<String, String> was = fields(first.get(name));
            SortedMap<String, String> becomes = fields(second.get(name));
            List<TopologyChange.Field> differing = union(was, becomes).stream()
                    .filter(path -> !Objects.equals(was.get(path), becomes.get(path)))
                    .map(path -> new TopologyChange.Field(path, was.get(path), becomes.get(path)))
                    .toList();
            if (!differing.isEmpty()) {
                changes.add(new TopologyChange(
                        !first.containsKey(name)
                                ? TopologyChange.Kind.ADDED
                                : second.containsKey(name) ? TopologyChange.Kind.CHANGED : TopologyChange.Kind.REMOVED,
                        kind + " " + name,
                        differing));
            }
        }
    }

    private static SortedSet<String> union(Map<String, ?> first, Map<String, ?> second) {
        SortedSet<String> names = new TreeSet<>(first.keySet());
        names.addAll(second.keySet());
        return names;
    }

    private static SortedMap<String, String> fields(@Nullable Object thing) {
        SortedMap<String, String> fields = new TreeMap<>();
        if (thing != null) {
            collect("", JSON.valueToTree(thing), fields);
        }
        return fields;
    }

    /** A list is one value: what is in it has no name of its own. */
    private static void collect(String path, JsonNode node, SortedMap<String, String> fields) {
        if (node.isObject()) {
            node.properties()
                    .forEach(it ->
                            collect(path.isEmpty() ? it.getKey() : path + "." + it.getKey(), it.getValue(), fields));
        } else {
            fields.put(path, node instanceof ContainerNode<?> ? node.toString() : node.asText());
        }
    }
}
