package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.HttpTokensState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataEndpointState;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.NestedVirtualizationSpecification;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.ShutdownBehavior;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/** The instances that are hosts. */
final class Instances {
    private static final Filter EXISTING =
            Tags.filter("instance-state-name", "pending", "running", "stopping", "stopped");
    private static final int MOST_USER_DATA = 16_384;

    /** What a host's root volume is. */
    static final VolumeType DISK = VolumeType.GP3;

    private final Ec2Access ec2;
    private final Tags tags;
    private final Ec2Settings settings;

    Instances(Ec2Access ec2, Tags tags, Ec2Settings settings) {
        this.ec2 = ec2;
        this.tags = tags;
        this.settings = settings;
    }

    /** Those that exist, in the order of their hosts' names. */
    List<Instance> all() {
        return list(tags.filters(EXISTING));
    }

    /** The host's; of several that a mishap may have left, the oldest. */
    Optional<Instance> find(String host) {
        return list(tags.filters(Tags.ofHost(host), EXISTING)).stream()
                .min(Comparator.comparing(Instance::launchTime).thenComparing(Instance::instanceId));
    }

    /** All of the host's that are not terminated, also those that are about to be. */
    List<Instance> remains(String host) {
        return list(tags.filters(
                Tags.ofHost(host),
                Tags.filter("instance-state-name", "pending", "running", "stopping", "stopped", "shutting-down")));
    }

    private List<Instance> list(List<Filter> filters) {
        DescribeInstancesRequest request =
                DescribeInstancesRequest.builder().filters(filters).build();
        return ec2.ask(
                "list instances",
                () -> ec2.client().describeInstancesPaginator(request).reservations().stream()
                        .map(Reservation::instances)
                        .flatMap(List::stream)
                        .sorted(Comparator.comparing((Instance instance) -> Tags.hostOf(instance.tags()))
                                .thenComparing(Instance::instanceId))
                        .toList());
    }

    /** What a host's instance is made of. */
    record Parts(HostOrder order, InstanceSizes.Choice size, Places.Bootable image, String group, String key) {}

    /** Asks for the instance; the same again if the same was asked for before and exists. */
    String run(Parts parts, Places.Place place) {
        RunInstancesRequest request = request(parts, place);
        return ec2.patient().runInstances(request).instances().getFirst().instanceId();
    }

    private RunInstancesRequest request(Parts parts, Places.Place place) {
        String host = parts.order().name();
        byte[] userData = parts.order().userData().getBytes(StandardCharsets.UTF_8);
        if (userData.length > MOST_USER_DATA) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "the user data for host " + host + " has " + userData.length + " bytes, EC2 takes "
                            + MOST_USER_DATA,
                    "let it fetch what it needs");
        }
        RunInstancesRequest.Builder request = RunInstancesRequest.builder()
                .imageId(parts.image().image())
                .instanceType(parts.size().type())
                .minCount(1)
                .maxCount(1)
                .keyName(parts.key())
                // Source and destination are checked as ever: datagrams of a wire carry the host's own addresses.
                .networkInterfaces(InstanceNetworkInterfaceSpecification.builder()
                        .deviceIndex(0)
                        .subnetId(place.subnet())
                        .groups(parts.group())
                        .associatePublicIpAddress(true)
                        .deleteOnTermination(true)
                        .build())
                .blockDeviceMappings(BlockDeviceMapping.builder()
                        .deviceName(parts.image().rootDevice())
                        .ebs(disk -> disk.volumeSize(settings.diskGibibytes())
                                .volumeType(DISK)
                                .encrypted(true)
                                .deleteOnTermination(true))
                        .build())
                // One hop: guests, which are further away, do not get at the host's metadata.
                .metadataOptions(metadata -> metadata.httpEndpoint(InstanceMetadataEndpointState.ENABLED)
                        .httpTokens(HttpTokensState.REQUIRED)
                        .httpPutResponseHopLimit(1))
                .instanceInitiatedShutdownBehavior(ShutdownBehavior.STOP)
                .tagSpecifications(
                        tags.on(ResourceType.INSTANCE, host),
                        tags.on(ResourceType.VOLUME, host),
                        tags.on(ResourceType.NETWORK_INTERFACE, host));
        if (parts.size().guests() == InstanceSizes.Guests.NESTED) {
            request.cpuOptions(cpu -> cpu.nestedVirtualization(NestedVirtualizationSpecification.ENABLED));
        }
        if (userData.length > 0) {
            request.userData(Base64.getEncoder().encodeToString(userData));
        }
        return request.clientToken(token(request.build())).build();
    }

    /*
     * The same request gives the same instance, whoever repeats it: this process after a lost answer, or the next one after this was
     * killed. The group's id is in it, which goes with the host: the next host of the same name is another.
     */
    private static String token(RunInstancesRequest request) {
        // What a request says of itself leaves the user data out.
        String all = request + String.valueOf(request.userData());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Waits until it runs. */
    void awaitRunning(String host, String id, Duration patience) {
        DescribeInstancesRequest request =
                DescribeInstancesRequest.builder().instanceIds(id).build();
        try {
            ec2.client().waiter().waitUntilInstanceRunning(request, ec2.waiting(patience));
        } catch (SdkException e) {
            if (!Ec2Access.codeOf(Ec2Access.cause(e)).isEmpty()) {
                throw ec2.refusals().of("wait for host " + host, Ec2Access.cause(e));
            }
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "instance " + id + " of host " + host + " did not come to run within " + patience.toSeconds()
                            + " s: " + reason(id).orElse(String.valueOf(e.getMessage())),
                    "try again, or another --type",
                    e);
        }
    }

    private Optional<String> reason(String id) {
        try {
            return list(List.of(Tags.filter("instance-id", id))).stream()
                    .map(Instance::stateReason)
                    .filter(reason -> reason != null && reason.message() != null)
                    .map(reason -> reason.message())
                    .findFirst();
        } catch (WireException e) {
            return Optional.empty();
        }
    }

    /** Ends it; it is gone some time later. */
    void terminate(String id) {
        ec2.ask("terminate instance " + id, () -> ec2.patient().terminateInstances(request -> request.instanceIds(id)));
    }
}
