package io.virtualwire.cli.command;

import io.virtualwire.client.ApiJson;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.JsonObject;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.WireHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SortedMap;
import java.util.TreeMap;

/** The hosts that a person talks of by name, kept in {@code hosts.json} of the wire home. */
final class HostBook {
    private final Path file;

    HostBook(WireHome home) {
        this.file = home.folder().resolve("hosts.json");
    }

    SortedMap<String, HostAddress> all() {
        SortedMap<String, HostAddress> hosts = new TreeMap<>();
        read().forEach((name, address) -> hosts.put(name, HostAddress.parse(address, HostAddress.DEFAULT_API_PORT)));
        return hosts;
    }

    /** The address of a host: as noted, else the name taken as an address itself. */
    HostAddress find(String name) {
        String noted = read().get(name);
        return HostAddress.parse(noted == null ? name : noted, HostAddress.DEFAULT_API_PORT);
    }

    /** Notes a host; true if that changed anything. */
    boolean put(String name, HostAddress address) {
        TreeMap<String, String> hosts = read();
        boolean changed = !address.toString().equals(hosts.put(name, address.toString()));
        if (changed) {
            write(hosts);
        }
        return changed;
    }

    /** Forgets a host; true if it was noted. */
    boolean remove(String name) {
        TreeMap<String, String> hosts = read();
        boolean known = hosts.remove(name) != null;
        if (known) {
            write(hosts);
        }
        return known;
    }

    private TreeMap<String, String> read() {
        if (!Files.exists(file)) {
            return new TreeMap<>();
        }
        try {
            return new TreeMap<>(JsonObject.read(file).texts());
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read the list of hosts in " + file + ": " + IoReason.of(e),
                    "mend it, or remove it and add the hosts again with 'wire host add'",
                    e);
        }
    }

    private void write(TreeMap<String, String> hosts) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path draft = Files.createTempFile(file.toAbsolutePath().getParent(), ".hosts", ".json");
            ApiJson.lenient().writerWithDefaultPrettyPrinter().writeValue(draft.toFile(), hosts);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot write the list of hosts to " + file + ": " + IoReason.of(e),
                    "see whether the disk is full and whether you may write there",
                    e);
        }
    }
}
