package io.virtualwire.cloud.ec2.standin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A size of machines. */
final class InstanceType extends Thing {
    final String architecture;
    final int processors;
    final int mebibytes;
    final boolean bareMetal;
    final boolean nested;
    final List<String> zones;

    private InstanceType(String[] words) {
        super(words[0], Map.of(), 0);
        architecture = words[1];
        processors = Integer.parseInt(words[2]);
        mebibytes = Integer.parseInt(words[3]);
        bareMetal = words[4].equals("yes");
        nested = words[5].equals("yes");
        zones = List.of(words[6].split(","));
    }

    static List<InstanceType> load() {
        return Reference.lines("instance-types.txt").stream()
                .map(line -> new InstanceType(line.strip().split(" +")))
                .toList();
    }

    @Override
    @Nullable
    String property(String filter) {
        return switch (filter) {
            case "instance-type" -> id();
            case "bare-metal" -> Boolean.toString(bareMetal);
            case "processor-info.supported-features" -> nested ? "nested-virtualization" : null;
            case "processor-info.supported-architecture" -> architecture;
            case "current-generation" -> "true";
            default -> null;
        };
    }
}
