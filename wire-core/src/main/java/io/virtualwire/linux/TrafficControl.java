package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts eBPF programs where frames come in, by tc(8); blocks, so it is for control work only. */
public final class TrafficControl {
    private static final String PREFERENCE = "7471";
    private static final String HANDLE = "1";
    private static final Pattern NUMBER = Pattern.compile("\\bid (\\d+)\\b");

    private final NetworkNamespace namespace;
    private final String program;

    public TrafficControl(NetworkNamespace namespace) {
        this(namespace, "tc");
    }

    /** By a tc(8) that has another name. */
    public TrafficControl(NetworkNamespace namespace, String program) {
        this.namespace = namespace;
        this.program = program;
    }

    /** Lets the pinned program decide about every frame that comes in there; another one is replaced without a gap. */
    public void attach(String device, Path pinned) {
        if (!hooked(device)) {
            tc("qdisc", "add", "dev", device, "clsact");
        }
        tc(
                "filter",
                "replace",
                "dev",
                device,
                "ingress",
                "pref",
                PREFERENCE,
                "handle",
                HANDLE,
                "protocol",
                "all",
                "bpf",
                "da",
                "object-pinned",
                pinned.toString());
    }

    /** The number by which the kernel knows the program that decides there; empty if there is none. */
    public OptionalInt attached(String device) {
        if (!hooked(device)) {
            return OptionalInt.empty();
        }
        // "filter protocol all pref 7471 bpf chain 0 handle 0x1 from_underlay direct-action not_in_hw id 37 name …"
        Matcher id = NUMBER.matcher(tc("filter", "show", "dev", device, "ingress", "pref", PREFERENCE));
        return id.find() ? OptionalInt.of(Integer.parseInt(id.group(1))) : OptionalInt.empty();
    }

    /** Takes it away: frames come in there as if it had never been; nothing happens if it is not there. */
    public void detach(String device) {
        if (hooked(device) && tc("filter", "show", "dev", device, "ingress").contains(" pref " + PREFERENCE + " ")) {
            tc("filter", "delete", "dev", device, "ingress", "pref", PREFERENCE);
        }
    }

    private boolean hooked(String device) {
        return tc("qdisc", "show", "dev", device).contains("clsact");
    }

    private String tc(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        if (!namespace.isOwn()) {
            command.addAll(List.of("-n", namespace.name()));
        }
        command.addAll(Arrays.asList(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new WireException(
                        ErrorCode.SYSTEM,
                        String.join(" ", command) + ": " + output.strip(),
                        "kernel wires need a kernel with tc's clsact and cls_bpf");
            }
            return output;
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot start " + program + "(8), which attaches programs to interfaces",
                    "install iproute2",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.TIMEOUT, "tc(8) was interrupted", "repeat it", e);
        }
    }
}
