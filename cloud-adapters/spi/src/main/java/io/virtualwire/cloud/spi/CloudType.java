package io.virtualwire.cloud.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A kind of cloud, found by {@link java.util.ServiceLoader}: a new one is a module with one of these.
 *
 * <p>It is loaded for every command that has to do with clouds: what it needs to speak with one it loads in {@link #open}.
 */
public interface CloudType {

    /** What it is called, such as {@code ec2}. */
    String type();

    /** What can be said of a cloud of this type. */
    List<CloudSetting> settings();

    /**
     * Refuses what cannot be with {@code BAD_REQUEST}; whether the cloud answers is seen later.
     *
     * @param name what the person calls this cloud
     * @param settings by their names; none is there that {@link #settings} does not have
     * @param folder where the adapter may keep what belongs to this cloud, such as host keys; made by the adapter, readable by the
     *     person alone
     */
    CloudAdapter open(String name, Map<String, String> settings, Path folder);
}
