package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that a person says about a cloud when it is added, an option of {@code wire cloud add}; never a secret.
 *
 * @param name lower-case-dashed, such as {@code region}: the option is {@code --region}
 * @param label what stands for the value in a usage text
 * @param description one sentence
 * @param required whether there is no cloud without it
 */
public record CloudSetting(String name, String label, String description, boolean required) {
    private static final String OUTSIDE = "outside";

    /** What is said of a cloud whose hosts are behind a translation of addresses. */
    public static CloudSetting outside(String type) {
        return new CloudSetting(
                OUTSIDE,
                "ADDRESS",
                type + ": as which address other clouds see its hosts, if theirs are translated on the way.",
                false);
    }

    /** What was said of that. */
    public static Optional<InetAddress> outside(String cloud, Map<String, String> settings) {
        Optional<String> text = Optional.ofNullable(settings.get(OUTSIDE));
        try {
            return text.map(InetAddress::ofLiteral);
        } catch (IllegalArgumentException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + text.orElse("") + "' is no address as which hosts of cloud " + cloud + " are seen",
                    "write one such as 203.0.113.7",
                    e);
        }
    }
}
