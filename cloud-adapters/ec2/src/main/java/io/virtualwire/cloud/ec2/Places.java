package io.virtualwire.cloud.ec2;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.DescribeImagesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceTypeOfferingsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsRequest;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.InstanceTypeOffering;
import software.amazon.awssdk.services.ec2.model.LocationType;
import software.amazon.awssdk.services.ec2.model.Subnet;

/** Where an instance can be, and what it boots. */
final class Places {
    /* Debian's own account, in the partition of the commercial regions: https://wiki.debian.org/Cloud/AmazonEC2Image */
    private static final String DEBIAN = "136693071363";
    private static final String RELEASE = "12";

    private final Ec2Access ec2;
    private final Ec2Settings settings;

    Places(Ec2Access ec2, Ec2Settings settings) {
        this.ec2 = ec2;
        this.settings = settings;
    }

    /** A subnet in which instances of a type can be. */
    record Place(String subnet, String vpc, String zone) {}

    /** In the order of their zones; none is empty. */
    List<Place> offering(String type) {
        List<Subnet> subnets = subnets();
        Set<String> zones = ec2.ask(
                "look up where type " + type + " is offered",
                () -> ec2
                        .client()
                        .describeInstanceTypeOfferings(DescribeInstanceTypeOfferingsRequest.builder()
                                .locationType(LocationType.AVAILABILITY_ZONE)
                                .filters(Tags.filter("instance-type", type))
                                .build())
                        .instanceTypeOfferings()
                        .stream()
                        .map(InstanceTypeOffering::location)
                        .collect(Collectors.toSet()));
        List<Place> places = subnets.stream()
                .filter(subnet -> zones.contains(subnet.availabilityZone()))
                .sorted(Comparator.comparing(Subnet::availabilityZone))
                .map(subnet -> new Place(subnet.subnetId(), subnet.vpcId(), subnet.availabilityZone()))
                .toList();
        if (places.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "instances of type " + type + " can be in none of the availability zones of subnets "
                            + subnets.stream().map(Subnet::subnetId).toList(),
                    "name a subnet in one of " + zones + " with --subnet, or choose another --type");
        }
        return places;
    }

    private List<Subnet> subnets() {
        DescribeSubnetsRequest request = settings.subnet()
                .map(id -> DescribeSubnetsRequest.builder().subnetIds(id))
                .orElseGet(() -> DescribeSubnetsRequest.builder().filters(Tags.filter("default-for-az", "true")))
                .build();
        List<Subnet> subnets = ec2.ask("look up subnets", () -> ec2.client().describeSubnets(request))
                .subnets();
        if (subnets.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "the account has no default subnets in " + settings.region(),
                    "name a subnet with --subnet, or run 'aws ec2 create-default-vpc'");
        }
        return subnets;
    }

    /**
     * What is booted.
     *
     * @param rootDevice the name of its root volume
     */
    record Bootable(String image, String rootDevice) {}

    Bootable image(String architecture) {
        DescribeImagesRequest request = settings.image()
                .map(id -> DescribeImagesRequest.builder().imageIds(id).build())
                .orElseGet(() -> newestDebian(architecture));
        Image image = ec2.ask("look up images", () -> ec2.client().describeImages(request)).images().stream()
                .max(Comparator.comparing(Image::creationDate))
                .orElseThrow(() -> new WireException(
                        ErrorCode.BAD_REQUEST,
                        "Debian's account offers no image of Debian " + RELEASE + " for " + architecture + " in "
                                + settings.region(),
                        "name an image of Debian or Ubuntu with --image"));
        return new Bootable(image.imageId(), image.rootDeviceName());
    }

    private DescribeImagesRequest newestDebian(String architecture) {
        String partition = Partition.of(settings.region());
        if (!partition.equals(Partition.COMMERCIAL)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "who publishes Debian's images in partition " + partition + " is not known here",
                    "name an image of Debian or Ubuntu of " + settings.region() + " with --image");
        }
        return DescribeImagesRequest.builder()
                .owners(DEBIAN)
                .filters(
                        Tags.filter(
                                "name",
                                "debian-" + RELEASE + "-" + (architecture.equals("arm64") ? "arm64" : "amd64") + "-*"),
                        Tags.filter("architecture", architecture),
                        Tags.filter("state", "available"))
                .build();
    }
}
