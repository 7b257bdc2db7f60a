package io.virtualwire.cli.provision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.virtualwire.client.ApiJson;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.SecretFile;
import io.virtualwire.identity.WireHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The clouds that a person has added, {@code clouds.json} of the wire home; each adapter has a folder {@code clouds/NAME} there. */
public final class CloudBook {
    private static final TypeReference<TreeMap<String, CloudEntry>> ENTRIES = new TypeReference<>() {};
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,11}");

    private final WireHome home;
    private final CloudTypes types;
    private final Path file;

    public CloudBook(WireHome home, CloudTypes types) {
        this.home = home;
        this.types = types;
        this.file = home.folder().resolve("clouds.json");
    }

    public SortedMap<String, CloudEntry> all() {
        if (!Files.exists(file)) {
            return new TreeMap<>();
        }
        try {
            return ApiJson.lenient().readValue(file.toFile(), ENTRIES);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read the clouds in " + file,
                    "mend it, or remove it and add the clouds again",
                    e);
        }
    }

    /** Notes a cloud; the same again changes nothing. */
    public void add(String name, CloudEntry entry) {
        if (!NAME.matcher(name).matches()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + name + "' cannot be a cloud's name",
                    "use 1 to 12 of a-z 0-9 -, beginning with a letter");
        }
        SortedMap<String, CloudEntry> all = all();
        CloudEntry known = all.get(name);
        if (known != null && !known.equals(entry)) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    "cloud " + name + " is there already, of type " + known.type() + " with " + known.settings(),
                    "choose another name, or remove that one with 'wire cloud rm " + name + "'");
        }
        // Refuses what cannot be before it is noted.
        open(name, entry).close();
        all.put(name, entry);
        write(all);
    }

    /** Forgets a cloud; true if it was noted. */
    public boolean remove(String name) {
        SortedMap<String, CloudEntry> all = all();
        boolean known = all.remove(name) != null;
        if (known) {
            write(all);
        }
        return known;
    }

    public Optional<CloudEntry> find(String name) {
        return Optional.ofNullable(all().get(name));
    }

    /** The adapter of a cloud that was added; to be closed. */
    public CloudAdapter open(String name) {
        return open(
                name,
                find(name)
                        .orElseThrow(() -> new WireException(
                                ErrorCode.NOT_FOUND,
                                "there is no cloud " + name,
                                "add it: wire cloud add " + name + " --type TYPE")));
    }

    private CloudAdapter open(String name, CloudEntry entry) {
        return types.find(entry.type())
                .open(name, entry.settings(), home.folder().resolve("clouds").resolve(name));
    }

    private void write(SortedMap<String, CloudEntry> all) {
        try {
            new SecretFile(file)
                    .write(ApiJson.lenient().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write the list of clouds", "", e);
        }
    }
}
