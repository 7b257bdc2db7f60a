package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.spi.CloudResource;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.ec2.model.DescribeVolumesRequest;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Volume;

/** Everything in the account that is ours, found by its tags. */
final class Inventory {
    private final Ec2Access ec2;
    private final Tags tags;
    private final Instances instances;
    private final SecurityGroups groups;
    private final LoginKeys keys;
    private final Prices prices;

    Inventory(Ec2Access ec2, Tags tags, Instances instances, SecurityGroups groups, LoginKeys keys, Prices prices) {
        this.ec2 = ec2;
        this.tags = tags;
        this.instances = instances;
        this.groups = groups;
        this.keys = keys;
        this.prices = prices;
    }

    List<CloudResource> list() {
        List<CloudResource> found = new ArrayList<>();
        for (Instance instance : instances.all()) {
            String host = Tags.hostOf(instance.tags());
            boolean runs = instance.publicIpAddress() != null;
            found.add(new CloudResource(
                    "instance",
                    instance.instanceId(),
                    host,
                    runs ? prices.instance(instance.instanceTypeAsString()).orElse(null) : BigDecimal.ZERO));
            if (runs) {
                found.add(new CloudResource(
                        "public address",
                        instance.publicIpAddress(),
                        host,
                        prices.publicAddress().orElse(null)));
            }
        }
        for (Volume volume : volumes()) {
            found.add(new CloudResource(
                    "volume",
                    volume.volumeId(),
                    Tags.hostOf(volume.tags()),
                    prices.volume(volume.volumeTypeAsString(), volume.size()).orElse(null)));
        }
        groups.all()
                .forEach(group -> found.add(new CloudResource(
                        "security group", group.groupId(), Tags.hostOf(group.tags()), BigDecimal.ZERO)));
        keys.all()
                .forEach(key -> found.add(
                        new CloudResource("key pair", key.keyPairId(), Tags.hostOf(key.tags()), BigDecimal.ZERO)));
        return found;
    }

    private List<Volume> volumes() {
        DescribeVolumesRequest request =
                DescribeVolumesRequest.builder().filters(tags.filters()).build();
        return ec2.ask(
                "list volumes",
                () -> ec2.client().describeVolumesPaginator(request).volumes().stream()
                        .toList());
    }
}
