package io.virtualwire.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells which Maven module a class was built in, by the folder or the jar that its class file lies in. */
final class Modules {
    private static final Pattern PLACE =
            Pattern.compile("/([^/]+)/target/classes/|/(?:cloud-adapter-)?([^/]+?)-\\d[^/]*\\.jar!");

    private Modules() {}

    /** Classes of these modules; a cloud adapter is named by its folder. */
    static DescribedPredicate<JavaClass> in(String... modules) {
        List<String> wanted = Arrays.asList(modules);
        return DescribedPredicate.describe(
                "belong to " + String.join(", ", modules), type -> wanted.contains(moduleOf(type)));
    }

    private static String moduleOf(JavaClass type) {
        return type.getBaseComponentType()
                .getSource()
                .map(source -> PLACE.matcher(source.getUri().toString()))
                .filter(Matcher::find)
                .map(place -> place.group(1) != null ? place.group(1) : place.group(2))
                .orElse("");
    }
}
