package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudType;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The jars of one cloud, in a folder of their own beside those of this command: {@code clouds/NAME/}. Daemons and most commands never open
 * them, and those which do open the adapter's alone until it needs its library.
 */
record CloudFolder(Path folder) {
    private static final String ADAPTER = "cloud-adapter-";
    private static final String SERVICES = "META-INF/services/" + CloudType.class.getName();

    /** Those beside the jar that this class is in; none where it is in no jar. */
    static List<CloudFolder> installed() {
        Path clouds = beside();
        if (clouds == null || !Files.isDirectory(clouds)) {
            return List.of();
        }
        return list(clouds).stream()
                .filter(Files::isDirectory)
                .map(CloudFolder::new)
                .toList();
    }

    private static @Nullable Path beside() {
        CodeSource source = CloudFolder.class.getProtectionDomain().getCodeSource();
        try {
            Path jar = source == null ? null : Path.of(source.getLocation().toURI());
            return jar != null && Files.isRegularFile(jar) ? jar.resolveSibling("clouds") : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** The types that its adapters offer. */
    List<CloudType> types() {
        try {
            List<URL> jars = new ArrayList<>();
            List<URL> adapters = new ArrayList<>();
            for (Path jar : list(folder)) {
                (String.valueOf(jar.getFileName()).startsWith(ADAPTER) ? adapters : jars)
                        .add(jar.toUri().toURL());
            }
            List<String> names = names(adapters);
            jars.addAll(0, adapters);
            // Not closed: what it loads is used until the command ends.
            ClassLoader loader = new URLClassLoader(jars.toArray(URL[]::new), CloudFolder.class.getClassLoader());
            List<CloudType> types = new ArrayList<>();
            for (String name : names) {
                types.add((CloudType)
                        loader.loadClass(name).getDeclaredConstructor().newInstance());
            }
            return types;
        } catch (IOException | ReflectiveOperationException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot load the cloud in " + folder + ": "
                            + (e instanceof IOException failed ? IoReason.of(failed) : e.toString()),
                    "install virtualwire again",
                    e);
        }
    }

    /* As a ServiceLoader would, which opens all the other jars, too. */
    private static List<String> names(List<URL> adapters) throws IOException {
        List<String> names = new ArrayList<>();
        try (URLClassLoader alone = new URLClassLoader(adapters.toArray(URL[]::new), null)) {
            URL services = alone.findResource(SERVICES);
            if (services != null) {
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(services.openStream(), StandardCharsets.UTF_8))) {
                    lines.lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .forEach(names::add);
                }
            }
        }
        return names;
    }

    private static List<Path> list(Path in) {
        try (Stream<Path> entries = Files.list(in)) {
            return entries.sorted(Comparator.naturalOrder()).toList();
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "cannot list " + in + ": " + IoReason.of(e), "mend the folder's rights", e);
        }
    }
}
