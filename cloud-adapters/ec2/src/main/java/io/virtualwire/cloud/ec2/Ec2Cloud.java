package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudSetting;
import io.virtualwire.cloud.spi.CloudType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The type {@code ec2}: hosts are instances that are launched for it. Nothing of AWS's SDK is loaded before it is opened. */
public final class Ec2Cloud implements CloudType {
    @Override
    public String type() {
        return "ec2";
    }

    @Override
    public List<CloudSetting> settings() {
        return Ec2Settings.known();
    }

    @Override
    public CloudAdapter open(String name, Map<String, String> settings, Path folder) {
        return Ec2CloudAdapter.open(name, Ec2Settings.parse(name, settings), folder);
    }
}
