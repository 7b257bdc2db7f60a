package io.virtualwire.cloud.libvirt;

import java.util.List;
import java.util.Optional;

/**
 * What a host's volumes and its domain are called. A dot is in the name of no cloud and of no host, so nobody else's is called so.
 */
record VolumeNames(String cloud, String host) {
    private static final String PREFIX = "virtualwire.";
    private static final String DISK = ".disk";
    private static final String SEED = ".seed";

    String domain() {
        return PREFIX + cloud + "." + host;
    }

    String disk() {
        return domain() + DISK;
    }

    String seed() {
        return domain() + SEED;
    }

    List<String> all() {
        return List.of(seed(), disk());
    }

    /** Whose volume it is, empty if none of this cloud's hosts'. */
    static Optional<VolumeNames> of(String cloud, String volume) {
        String start = PREFIX + cloud + ".";
        for (String end : List.of(DISK, SEED)) {
            if (volume.startsWith(start) && volume.endsWith(end) && volume.length() > start.length() + end.length()) {
                String host = volume.substring(start.length(), volume.length() - end.length());
                return host.contains(".") ? Optional.empty() : Optional.of(new VolumeNames(cloud, host));
            }
        }
        return Optional.empty();
    }
}
