package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.frame.MacAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sets up the interfaces of one network namespace, by iproute2; blocks, so it is for control work only. */
public final class InterfaceControl {
    /* "3: tap0: <BROADCAST> ..." or "3: veth0@if2: <BROADCAST> ..."; between them ip may complain about others. */
    private static final Pattern NUMBERED = Pattern.compile("^(\\d+): ([^:@\\s]+)[:@]", Pattern.MULTILINE);

    private final NetworkNamespace namespace;

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

    /** Whether there is one of this name; there is none in a namespace that is not there. */
    public boolean exists(String name) {
        try {
            return InterfaceIndex.of(namespace, name) != InterfaceIndex.NONE;
        } catch (WireException e) {
            return false;
        }
    }

    public int mtu(String name) {
        return Integer.parseInt(attribute(name, "mtu"));
    }

    /** The number by which the kernel knows it; no later interface of the namespace gets it soon again. */
    public int index(String name) {
        Matcher line = NUMBERED.matcher(ip("-o", "link", "show", "dev", name));
        if (!line.find()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "ip link show dev " + name + " says no number",
                    "run the command by hand to see why");
        }
        return Integer.parseInt(line.group(1));
    }

    /** All interfaces of the namespace, by their numbers. */
    public Map<Integer, String> names() {
        Map<Integer, String> names = new HashMap<>();
        for (Matcher line = NUMBERED.matcher(ip("-o", "link", "show")); line.find(); ) {
            names.put(Integer.parseInt(line.group(1)), line.group(2));
        }
        return names;
    }

    /** What {@code ip} says of every interface of the namespace, in words, by name: one command for all of them. */
    public Map<String, List<String>> all() {
        Map<String, List<String>> all = new HashMap<>();
        ip("-o", "link", "show").lines().forEach(line -> {
            Matcher numbered = NUMBERED.matcher(line);
            if (numbered.find()) {
                all.put(numbered.group(2), List.of(line.strip().split("[\\s\\\\]+")));
            }
        });
        return all;
    }

    public MacAddress mac(String name) {
        return MacAddress.parse(attribute(name, "link/ether"));
    }

    /* "3: tap0: <BROADCAST> mtu 1500 qdisc noop ... link/ether 52:54:00:00:00:07 brd ...": a word, then its value. */
    private String attribute(String name, String word) {
        String output = ip("-o", "link", "show", "dev", name);
        List<String> words = List.of(output.strip().split("[\\s\\\\]+"));
        int at = words.indexOf(word);
        if (at < 0 || at + 1 == words.size()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "ip link show dev " + name + " says no " + word + ": " + output.strip(),
                    "check that it is an Ethernet interface");
        }
        return words.get(at + 1);
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
