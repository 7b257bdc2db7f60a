package io.virtualwire.testkit.vm;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A disk image that reads a NoCloud seed, asks DHCP for its address, and lets root in by SSH: up in seconds without KVM. */
public final class CloudImage {
    private CloudImage() {}

    /** The image, raw. It is made the first time; that takes seconds and Debian's archive. */
    public static Path disk() {
        Path guest = Workshop.folder().resolve("guest");
        Path made = Workshop.folder().resolve("cloud-image");
        Workshop.script("guest.sh");
        String script = Workshop.script("cloud-image.sh").toString();
        Workshop.run(Map.of(), List.of("bash", script, "build", guest.toString(), made.toString()));
        return made.resolve("disk");
    }
}
