package io.virtualwire.cloud.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** How a libvirt daemon is run where there is no systemd, which would run the distribution's. */
public final class LibvirtScript {
    private LibvirtScript() {}

    /** For bash; what it takes is said at its top. */
    public static byte[] daemon() {
        try (InputStream script = LibvirtScript.class.getResourceAsStream("libvirtd.sh")) {
            return Objects.requireNonNull(script).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
