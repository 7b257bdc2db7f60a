package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A daemon that is kept running on a host.
 *
 * @param unit what the package calls it, such as {@code virtualwire-connector}
 * @param command what runs where no unit of that name is installed
 */
public record HostService(String unit, List<String> command) {
    private static final Pattern UNIT = Pattern.compile("[a-z][a-z0-9-]{0,63}");

    public HostService {
        if (!UNIT.matcher(unit).matches() || command.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + unit + "' cannot be kept running by '" + String.join(" ", command) + "'",
                    "use a name of a-z 0-9 -, and a command");
        }
        command = List.copyOf(command);
    }
}
