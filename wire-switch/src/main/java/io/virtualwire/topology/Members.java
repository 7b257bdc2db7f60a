package io.virtualwire.topology;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who takes part in the fabric, which is what the nodes' own lists of peers say until the fabric has agreed on it.
 *
 * @param present by name; empty as long as nothing was agreed on
 * @param departed the numbers of those that left, by name: they get them again, and nobody else as long as there are others
 */
public record Members(Map<String, MemberRecord> present, Map<String, Integer> departed) {
    public static final Members NONE = new Members(Map.of(), Map.of());

    public Members {
        present = Collections.unmodifiableMap(new TreeMap<>(present));
        departed = Collections.unmodifiableMap(new TreeMap<>(departed));
    }

    public boolean contains(String name) {
        return present.containsKey(name);
    }

    Members with(MemberRecord member) {
        Map<String, MemberRecord> more = new TreeMap<>(present);
        more.put(member.name(), member);
        Map<String, Integer> fewer = new TreeMap<>(departed);
        fewer.remove(member.name());
        return new Members(more, fewer);
    }

    Members without(MemberRecord member) {
        Map<String, MemberRecord> fewer = new TreeMap<>(present);
        fewer.remove(member.name());
        Map<String, Integer> more = new TreeMap<>(departed);
        more.put(member.name(), member.number());
        return new Members(fewer, more);
    }
}
