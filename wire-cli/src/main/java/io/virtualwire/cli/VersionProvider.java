package io.virtualwire.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code wire --version} prints: the version that was built, and the JDK it runs on. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream resource = VersionProvider.class.getResourceAsStream("version.properties")) {
            properties.load(Objects.requireNonNull(resource, "version.properties is part of the jar"));
        }
        return new String[] {
            "wire " + properties.getProperty("version"),
            "JDK " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
        };
    }
}
