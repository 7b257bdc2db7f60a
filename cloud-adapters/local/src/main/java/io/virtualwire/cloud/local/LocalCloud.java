package io.virtualwire.cloud.local;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudSetting;
import io.virtualwire.cloud.spi.CloudType;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The type {@code local}: hosts are namespaces on this machine. */
public final class LocalCloud implements CloudType {
    private static final String NETWORK = "network";
    private static final String DEFAULT_NETWORK = "192.0.2.0";

    @Override
    public String type() {
        return "local";
    }

    @Override
    public List<CloudSetting> settings() {
        return List.of(
                new CloudSetting(
                        NETWORK,
                        "ADDRESS",
                        "local: the first address of a /24 for its hosts, which nothing else on this machine uses; default: "
                                + DEFAULT_NETWORK + ".",
                        false),
                CloudSetting.outside("local"));
    }

    @Override
    public CloudAdapter open(String name, Map<String, String> settings, Path folder) {
        String text = settings.getOrDefault(NETWORK, DEFAULT_NETWORK);
        try {
            return new LocalCloudAdapter(
                    name, InetAddress.ofLiteral(text), CloudSetting.outside(name, settings), folder);
        } catch (IllegalArgumentException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + text + "' is no address for the network of cloud " + name,
                    "use an IPv4 address that ends in .0, such as " + DEFAULT_NETWORK,
                    e);
        }
    }
}
