package io.virtualwire.cloud.ec2.standin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something in the account that has an id and tags. */
abstract class Thing {
    private final String id;
    private final Map<String, String> tags;
    private int hidden;

    /** @param hidden how many look-ups do not see it yet */
    Thing(String id, Map<String, String> tags, int hidden) {
        this.id = id;
        this.tags = Map.copyOf(tags);
        this.hidden = hidden;
    }

    final String id() {
        return id;
    }

    final Map<String, String> tags() {
        return tags;
    }

    /** Whether a look-up sees it; each one brings the moment nearer when it does. */
    final boolean seen() {
        if (hidden == 0) {
            return true;
        }
        hidden--;
        return false;
    }

    /** The value of a filter other than one for tags; null if it has no such property. */
    abstract @Nullable String property(String filter);

    /** EC2's filters: all must hold, each for one of its values; {@code *} stands for anything. */
    final boolean matches(Map<String, java.util.List<String>> filters) {
        return filters.entrySet().stream().allMatch(filter -> {
            String name = filter.getKey();
            if (name.equals("tag-key")) {
                return filter.getValue().stream().anyMatch(tags::containsKey);
            }
            String actual = name.startsWith("tag:") ? tags.get(name.substring(4)) : property(name);
            return actual != null && filter.getValue().stream().anyMatch(wanted -> like(wanted, actual));
        });
    }

    private static boolean like(String wanted, String actual) {
        String[] parts = wanted.split("\\*", -1);
        StringBuilder pattern = new StringBuilder(java.util.regex.Pattern.quote(parts[0]));
        for (int i = 1; i < parts.length; i++) {
            pattern.append(".*").append(java.util.regex.Pattern.quote(parts[i]));
        }
        return actual.matches(pattern.toString());
    }
}
