package io.virtualwire.linux;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.frame.MacAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sets up the interfaces of one network namespace, by iproute2; blocks, so it is for control work only. */
public final class InterfaceControl {
    private final NetworkNamespace namespace;
    private final ObjectMapper json = new ObjectMapper();

    public InterfaceControl(NetworkNamespace namespace) {
        this.namespace = namespace;
    }

    public void up(String name) {
        ip("link", "set", "dev", name, "up");
    }

    public void down(String name) {
        ip("link", "set", "dev", name, "down");
    }

    public void mtu(String name, int mtuBytes) {
        ip("link", "set", "dev", name, "mtu", Integer.toString(mtuBytes));
    }

    public void mac(String name, MacAddress mac) {
        ip("link", "set", "dev", name, "address", mac.toString());
    }

    /** Gives the interface an address, {@code 10.1.0.1/24}; success if it has it already. */
    public void address(String name, String cidr) {
        ip("address", "replace", cidr, "dev", name);
    }

    public void delete(String name) {
        ip("link", "delete", "dev", name);
    }

    public boolean exists(String name) {
        return run(List.of("link", "show", "dev", name)).status() == 0;
    }

    public int mtu(String name) {
        return describe(name).path("mtu").asInt();
    }

    public MacAddress mac(String name) {
        return MacAddress.parse(describe(name).path("address").asText());
    }

    private JsonNode describe(String name) {
        String output = ip("-j", "link", "show", "dev", name);
        try {
            return json.readTree(output).path(0);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "ip -j link show dev " + name + " did not answer in JSON", "update iproute2", e);
        }
    }

    /** Runs {@code ip} in the namespace and returns what it printed. */
    public String ip(String... arguments) {
        Outcome outcome = run(Arrays.asList(arguments));
        if (outcome.status() != 0) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    String.join(" ", command(Arrays.asList(arguments))) + ": "
                            + outcome.output().strip(),
                    "run the command by hand to see why it fails");
        }
        return outcome.output();
    }

    private List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add("ip");
        if (!namespace.isOwn()) {
            command.add("-n");
            command.add(namespace.name());
        }
        command.addAll(arguments);
        return command;
    }

    private Outcome run(List<String> arguments) {
        try {
            Process process = new ProcessBuilder(command(arguments))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new WireException(ErrorCode.SYSTEM, "start ip(8)", "install iproute2", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.TIMEOUT, "ip(8) was interrupted", "repeat it", e);
        }
    }

    private record Outcome(int status, String output) {}
}
