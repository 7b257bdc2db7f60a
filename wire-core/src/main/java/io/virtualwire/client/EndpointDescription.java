package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An endpoint as its tenant wants it: a TAP device of the connector's host.
 *
 * @param name the endpoint's name within its tenant and host
 * @param device the name of the network device
 * @param namespace the network namespace that holds the device, by the name that ip(8) knows; empty: the connector's own
 * @param existing whether the device was made by somebody else, who then also removes it
 * @param mtu what the guest may send, in bytes without the Ethernet header; 68 to 65,521
 * @param mac the guest's address, which the device gets unless it is held by its own side; empty: the kernel chooses once
 * @param deviceSide whether another process, such as QEMU, has the device's descriptor, so that the connector takes frames
 *     from the interface itself and keeps the host's stack off it
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record EndpointDescription(
        String name,
        String device,
        Optional<String> namespace,
        boolean existing,
        int mtu,
        Optional<String> mac,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean deviceSide) {
    /** What Ethernet carries unless somebody says otherwise. */
    public static final int DEFAULT_MTU = 1500;

    private static final int SMALLEST_MTU = 68;
    private static final int LARGEST_MTU = 65_521;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9_.-]{1,15}");
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}");
    private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

    public EndpointDescription {
        require(NAME, name, "name", "use 1 to 63 of a-z 0-9 . _ -, beginning and ending with a letter or digit");
        require(DEVICE, device, "device", "use 1 to 15 of A-Z a-z 0-9 . _ -, as the kernel does");
        if (device.equals(".") || device.equals("..")) {
            throw refused("device", device, "choose another name");
        }
        namespace.ifPresent(it -> require(NAMESPACE, it, "namespace", "use the name that 'ip netns' shows"));
        mac.ifPresent(it -> require(MAC, it, "mac", "write six pairs of lower-case hex digits, as 02:00:00:00:00:01"));
        if (mac.isPresent() && (Integer.parseInt(mac.get().substring(0, 2), 16) & 1) != 0) {
            throw refused("mac", mac.get(), "clear the lowest bit of the first byte: an endpoint has no group address");
        }
        if (mtu < SMALLEST_MTU || mtu > LARGEST_MTU) {
            throw refused("mtu", Integer.toString(mtu), "use " + SMALLEST_MTU + " to " + LARGEST_MTU);
        }
    }

    /** Held by its descriptor. */
    public EndpointDescription(
            String name, String device, Optional<String> namespace, boolean existing, int mtu, Optional<String> mac) {
        this(name, device, namespace, existing, mtu, mac, false);
    }

    /** A TAP named after the endpoint, made by the connector. */
    public static EndpointDescription named(String name) {
        return new EndpointDescription(name, deviceFor(name), Optional.empty(), false, DEFAULT_MTU, Optional.empty());
    }

    /** The device name that stands for an endpoint's name, cut to what the kernel takes. */
    public static String deviceFor(String name) {
        return name.length() <= 15 ? name : name.substring(0, 10) + String.format("%05x", name.hashCode() & 0xf_ffff);
    }

    private static void require(Pattern pattern, String value, String what, String hint) {
        if (!pattern.matcher(value).matches()) {
            throw refused(what, value, hint);
        }
    }

    private static WireException refused(String what, String value, String hint) {
        return new WireException(
                ErrorCode.BAD_REQUEST, "an endpoint cannot have the " + what + " '" + value + "'", hint);
    }
}
