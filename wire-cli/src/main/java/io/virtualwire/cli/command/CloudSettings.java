package io.virtualwire.cli.command;

import io.virtualwire.cli.provision.CloudTypes;
import io.virtualwire.cloud.spi.CloudSetting;
import io.virtualwire.cloud.spi.CloudType;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options by which something is said about a cloud: those of every type that there is. */
final class CloudSettings {
    private static final CloudTypes TYPES = CloudTypes.installed();

    static CloudTypes types() {
        return TYPES;
    }

    private CloudSettings() {}

    static void addTo(CommandSpec command) {
        Map<String, CloudSetting> settings = new TreeMap<>();
        for (CloudType type : TYPES.all()) {
            for (CloudSetting setting : type.settings()) {
                settings.merge(
                        setting.name(),
                        setting,
                        (one, other) -> new CloudSetting(
                                one.name(), label(one, other), one.description() + " " + other.description(), false));
            }
        }
        settings.values()
                .forEach(setting -> command.addOption(OptionSpec.builder("--" + setting.name())
                        .paramLabel(setting.label())
                        .type(String.class)
                        .description(setting.description())
                        .build()));
    }

    private static String label(CloudSetting one, CloudSetting other) {
        return one.label().equals(other.label()) ? one.label() : one.label() + "|" + other.label();
    }

    /** What was typed for a cloud of this type. */
    static Map<String, String> typed(CommandSpec command, CloudType type) {
        Map<String, String> typed = new LinkedHashMap<>();
        List<String> known = type.settings().stream().map(CloudSetting::name).toList();
        for (CloudType other : TYPES.all()) {
            for (CloudSetting setting : other.settings()) {
                String value = command.findOption("--" + setting.name()).getValue();
                if (value != null && !known.contains(setting.name())) {
                    throw new WireException(
                            ErrorCode.BAD_REQUEST,
                            "a cloud of type " + type.type() + " has no --" + setting.name(),
                            "leave it out; it has "
                                    + (known.isEmpty() ? "no options" : "--" + String.join(", --", known)));
                }
                if (value != null) {
                    typed.put(setting.name(), value);
                }
            }
        }
        for (CloudSetting setting : type.settings()) {
            if (setting.required() && !typed.containsKey(setting.name())) {
                throw new WireException(
                        ErrorCode.BAD_REQUEST,
                        "nobody said the --" + setting.name() + " of the cloud",
                        "give --" + setting.name() + " " + setting.label());
            }
        }
        return typed;
    }
}
