package io.virtualwire.cloud.ec2.standin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which actions and parameters there are, as read from {@code actions.txt}. */
public final class Reference {
    private final Map<String, Action> actions = new LinkedHashMap<>();

    /** What the module brings along. */
    public static Reference load() {
        Reference reference = new Reference();
        @Nullable Action action = null;
        for (String line : lines("actions.txt")) {
            String[] words = line.strip().split(" +");
            if (!line.startsWith(" ")) {
                action = new Action(words[0], new LinkedHashMap<>(), new TreeSet<>());
                reference.actions.put(words[0], action);
            } else if (action == null) {
                throw new IllegalStateException("a parameter of no action: " + line);
            } else if (words[0].equals("filter")) {
                action.filters.addAll(List.of(words).subList(1, words.length));
                action.parameters.put("Filter.N.Name", new Parameter("string", false));
                action.parameters.put("Filter.N.Value.N", new Parameter("string", false));
            } else {
                action.parameters.put(
                        words[0], new Parameter(words[1], words.length > 2 && words[2].equals("required")));
            }
        }
        return reference;
    }

    /** Lines of a table beside this class, without comments. */
    static List<String> lines(String resource) {
        List<String> lines = new ArrayList<>();
        try (InputStream in = Reference.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not there");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** The names of all actions. */
    public Set<String> actions() {
        return Set.copyOf(actions.keySet());
    }

    /** The parameters of an action: for each, with N for an index, whether it is required. */
    public Map<String, Boolean> parameters(String action) {
        Map<String, Boolean> required = new LinkedHashMap<>();
        find(action).parameters.forEach((name, parameter) -> required.put(name, parameter.required));
        return required;
    }

    Action find(String name) {
        Action action = actions.get(name);
        if (action == null) {
            throw ApiError.of("InvalidAction", "The action " + name + " is not valid for this web service.");
        }
        return action;
    }

    /** One action. */
    record Action(String name, Map<String, Parameter> parameters, Set<String> filters) {
        boolean knowsFilter(String filter) {
            return filters.contains(filter) || filter.startsWith("tag:") && filters.contains("tag:*");
        }
    }

    /** What a parameter must be. */
    record Parameter(String type, boolean required) {}
}
