package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudSetting;
import io.virtualwire.cloud.spi.CloudType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The type {@code libvirt}: hosts are guests that are launched for it. Nothing of libvirt is loaded before it is opened. */
public final class LibvirtCloud implements CloudType {
    @Override
    public String type() {
        return "libvirt";
    }

    @Override
    public List<CloudSetting> settings() {
        return LibvirtSettings.known();
    }

    @Override
    public CloudAdapter open(String name, Map<String, String> settings, Path folder) {
        return LibvirtCloudAdapter.open(name, LibvirtSettings.parse(name, settings), folder);
    }
}
