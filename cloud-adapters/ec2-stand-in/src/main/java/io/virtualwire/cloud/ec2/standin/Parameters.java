package io.virtualwire.cloud.ec2.standin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The parameters of one request, or of one structure in it; checked against the reference before anything reads them. */
final class Parameters {
    private final String prefix;
    private final Map<String, String> values;

    private Parameters(String prefix, Map<String, String> values) {
        this.prefix = prefix;
        this.values = values;
    }

    /** From the body of a form. */
    static Parameters parse(String body) {
        Map<String, String> values = new TreeMap<>();
        for (String pair : body.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
                if (values.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1))) != null) {
                    throw ApiError.of("MalformedQueryString", "The parameter " + name + " is there twice");
                }
            }
        }
        return new Parameters("", values);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Takes out what every request has. */
    String take(String name) {
        String value = values.remove(name);
        if (value == null) {
            throw name.equals("Action")
                    ? ApiError.of("MissingAction", "The request is missing an action")
                    : ApiError.missing(name);
        }
        return value;
    }

    /** Refuses what the action does not have, what it lacks, and what has the wrong type. */
    void check(Reference.Action action) {
        values.forEach((name, value) -> {
            Reference.Parameter parameter = action.parameters().get(name.replaceAll("\\.[1-9]\\d{0,3}(?=\\.|$)", ".N"));
            if (parameter == null) {
                throw ApiError.unknown(name);
            }
            ParameterType.check(name, parameter.type(), value);
        });
        action.parameters().forEach((name, parameter) -> {
            String first = name.replace(".N", ".1");
            if (parameter.required() && !values.containsKey(first)) {
                throw ApiError.missing(name.replace(".N", ""));
            }
        });
        for (String filter : filters().keySet()) {
            if (!action.knowsFilter(filter)) {
                throw ApiError.of("InvalidParameterValue", "The filter '" + filter + "' is invalid");
            }
        }
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(prefix + name));
    }

    String require(String name) {
        return text(name).orElseThrow(() -> ApiError.missing(prefix + name));
    }

    int integer(String name, int otherwise) {
        return text(name).map(Integer::parseInt).orElse(otherwise);
    }

    boolean flag(String name) {
        return text(name).map(Boolean::parseBoolean).orElse(false);
    }

    /** The values {@code name.1}, {@code name.2} … */
    List<String> list(String name) {
        List<String> found = new ArrayList<>();
        for (int index : indices(name)) {
            text(name + "." + index).ifPresent(found::add);
        }
        return found;
    }

    /** The structures {@code name.1}, {@code name.2} … */
    List<Parameters> structures(String name) {
        return indices(name).stream()
                .map(index -> new Parameters(prefix + name + "." + index + ".", values))
                .toList();
    }

    private TreeSet<Integer> indices(String name) {
        TreeSet<Integer> indices = new TreeSet<>();
        String start = prefix + name + ".";
        for (String key : values.keySet()) {
            if (key.startsWith(start)) {
                String rest = key.substring(start.length());
                int dot = rest.indexOf('.');
                indices.add(Integer.parseInt(dot < 0 ? rest : rest.substring(0, dot)));
            }
        }
        return indices;
    }

    Map<String, List<String>> filters() {
        Map<String, List<String>> filters = new LinkedHashMap<>();
        for (Parameters filter : structures("Filter")) {
            List<String> wanted = filter.list("Value");
            if (wanted.isEmpty()) {
                throw ApiError.missing("Filter.Value");
            }
            filters.put(filter.require("Name"), wanted);
        }
        return filters;
    }

    /** The tags that a creation gives to this kind of resource. */
    Map<String, String> tags(String resourceType) {
        Map<String, String> tags = new TreeMap<>();
        for (Parameters specification : structures("TagSpecification")) {
            if (specification.require("ResourceType").equals(resourceType)) {
                for (Parameters tag : specification.structures("Tag")) {
                    String key = tag.require("Key");
                    if (key.startsWith("aws:") || key.length() > 128) {
                        throw ApiError.invalid("Tag.Key", key, "Tag keys starting with 'aws:' are reserved.");
                    }
                    if (tags.put(key, tag.text("Value").orElse("")) != null) {
                        throw ApiError.invalid("Tag.Key", key, "Duplicate tag key.");
                    }
                }
            }
        }
        return tags;
    }

    /** All of it, to tell one request from another. */
    String canonical() {
        Map<String, String> rest = new TreeMap<>(values);
        rest.remove("ClientToken");
        return rest.toString();
    }

    Map<String, String> values() {
        return Map.copyOf(values);
    }
}
