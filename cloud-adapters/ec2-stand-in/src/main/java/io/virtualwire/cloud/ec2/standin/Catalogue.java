package io.virtualwire.cloud.ec2.standin;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is there before anybody asks for something: a default VPC with two subnets, images, sizes. */
final class Catalogue {
    static final String VPC = "vpc-0a1b2c3d4e5f60718";
    static final String DEBIAN = "136693071363";

    private static final List<Image> IMAGES = List.of(
            new Image(
                    "ami-00000000000000a01",
                    "debian-12-amd64-20260101-1",
                    "x86_64",
                    DEBIAN,
                    "2026-01-01T00:00:00.000Z"),
            new Image(
                    "ami-00000000000000a02",
                    "debian-12-amd64-20260301-1",
                    "x86_64",
                    DEBIAN,
                    "2026-03-01T00:00:00.000Z"),
            new Image(
                    "ami-00000000000000a03", "debian-12-arm64-20260301-1", "arm64", DEBIAN, "2026-03-01T00:00:00.000Z"),
            new Image("ami-00000000000000b01", "somebody-s-own", "x86_64", "210987654321", "2026-04-01T00:00:00.000Z"));

    private final String region;
    private final List<Subnet> subnets;
    private final List<InstanceType> types = InstanceType.load();

    Catalogue(String region) {
        this.region = region;
        this.subnets = List.of(
                new Subnet("subnet-0a1b2c3d4e5f6000a", region, "a", "172.31.0.0/20"),
                new Subnet("subnet-0a1b2c3d4e5f6000b", region, "b", "172.31.16.0/20"));
    }

    Subnet subnet(String id) {
        return subnets.stream()
                .filter(subnet -> subnet.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () -> ApiError.of("InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist"));
    }

    Subnet anySubnet() {
        return subnets.getFirst();
    }

    Image image(String id) {
        return IMAGES.stream()
                .filter(image -> image.id().equals(id))
                .findFirst()
                .orElseThrow(() -> ApiError.of("InvalidAMIID.NotFound", "The image id '[" + id + "]' does not exist"));
    }

    InstanceType type(String name) {
        return types.stream()
                .filter(type -> type.id().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiError.invalid("InstanceType", name, "There is no such instance type."));
    }

    Consumer<Answer> describeInstanceTypes(Parameters request) {
        List<String> names = request.list("InstanceType");
        for (String name : names) {
            if (types.stream().noneMatch(type -> type.id().equals(name))) {
                throw ApiError.of(
                        "InvalidInstanceType", "The following supplied instance types do not exist: [" + name + "]");
            }
        }
        Map<String, List<String>> filters = request.filters();
        List<InstanceType> found = types.stream()
                .filter(type -> names.isEmpty() || names.contains(type.id()))
                .filter(type -> type.matches(filters))
                .toList();
        return answer -> answer.items("instanceTypeSet", found, (item, type) -> {
            item.value("instanceType", type.id());
            item.value("currentGeneration", true);
            item.value("bareMetal", type.bareMetal);
            if (!type.bareMetal) {
                item.value("hypervisor", "nitro");
            }
            item.structure("processorInfo", processor -> {
                processor.values("supportedArchitectures", List.of(type.architecture));
                if (type.nested) {
                    processor.values("supportedFeatures", List.of("nested-virtualization"));
                }
            });
            item.structure("vCpuInfo", processors -> processors.value("defaultVCpus", type.processors));
            item.structure("memoryInfo", memory -> memory.value("sizeInMiB", type.mebibytes));
        });
    }

    Consumer<Answer> describeInstanceTypeOfferings(Parameters request) {
        String kind = request.text("LocationType").orElse("region");
        if (!kind.equals("region") && !kind.equals("availability-zone")) {
            throw ApiError.invalid("LocationType", kind, "The stand-in has regions and availability zones.");
        }
        Map<String, List<String>> filters = request.filters();
        List<Offering> offerings = types.stream()
                .flatMap(type -> kind.equals("region")
                        ? java.util.stream.Stream.of(new Offering(type.id(), region))
                        : type.zones.stream().map(zone -> new Offering(type.id(), region + zone)))
                .filter(offering -> filters.getOrDefault("instance-type", List.of(offering.type))
                                .contains(offering.type)
                        && filters.getOrDefault("location", List.of(offering.location))
                                .contains(offering.location))
                .toList();
        return answer -> answer.items("instanceTypeOfferingSet", offerings, (item, offering) -> {
            item.value("instanceType", offering.type);
            item.value("locationType", kind);
            item.value("location", offering.location);
        });
    }

    Consumer<Answer> describeVpcs(Parameters request) {
        List<String> ids = request.list("VpcId");
        if (!ids.isEmpty() && !ids.equals(List.of(VPC))) {
            throw ApiError.of("InvalidVpcID.NotFound", "The vpc ID '" + ids.getFirst() + "' does not exist");
        }
        Map<String, List<String>> filters = request.filters();
        boolean wanted = filters.getOrDefault("is-default", List.of("true")).contains("true")
                && filters.getOrDefault("vpc-id", List.of(VPC)).contains(VPC)
                && filters.keySet().stream().noneMatch(name -> name.startsWith("tag:"));
        return answer -> answer.items("vpcSet", wanted ? List.of(VPC) : List.<String>of(), (item, vpc) -> {
            item.value("vpcId", vpc);
            item.value("state", "available");
            item.value("cidrBlock", "172.31.0.0/16");
            item.value("isDefault", true);
        });
    }

    Consumer<Answer> describeSubnets(Parameters request) {
        List<String> ids = request.list("SubnetId");
        ids.forEach(this::subnet);
        Map<String, List<String>> filters = request.filters();
        List<Subnet> found = subnets.stream()
                .filter(subnet -> ids.isEmpty() || ids.contains(subnet.id()))
                .filter(subnet -> filters.entrySet().stream()
                        .allMatch(filter -> filter.getValue().contains(subnet.property(filter.getKey()))))
                .toList();
        return answer -> answer.items("subnetSet", found, (item, subnet) -> {
            item.value("subnetId", subnet.id());
            item.value("state", "available");
            item.value("vpcId", subnet.vpc());
            item.value("cidrBlock", subnet.cidr());
            item.value("availableIpAddressCount", 4091);
            item.value("availabilityZone", subnet.zone());
            item.value("defaultForAz", true);
            item.value("mapPublicIpOnLaunch", true);
        });
    }

    Consumer<Answer> describeImages(Parameters request) {
        List<String> ids = request.list("ImageId");
        ids.forEach(this::image);
        List<String> owners = request.list("Owner");
        Map<String, List<String>> filters = request.filters();
        List<Image> found = IMAGES.stream()
                .filter(image -> ids.isEmpty() || ids.contains(image.id()))
                .filter(image -> owners.isEmpty() || owners.contains(image.owner()))
                .filter(image -> image.asThing().matches(filters))
                .toList();
        return answer -> answer.items("imagesSet", found, (item, image) -> {
            item.value("imageId", image.id());
            item.value("imageState", "available");
            item.value("imageOwnerId", image.owner());
            item.value("creationDate", image.created());
            item.value("architecture", image.architecture());
            item.value("name", image.name());
            item.value("rootDeviceType", "ebs");
            item.value("rootDeviceName", "/dev/xvda");
            item.value("virtualizationType", "hvm");
        });
    }

    private record Offering(String type, String location) {}

    /** A subnet of the VPC. */
    record Subnet(String id, String region, String letter, String cidr) {
        String vpc() {
            return VPC;
        }

        String zone() {
            return region + letter;
        }

        String property(String filter) {
            return switch (filter) {
                case "vpc-id" -> VPC;
                case "availability-zone" -> zone();
                case "default-for-az" -> "true";
                case "state" -> "available";
                case "subnet-id" -> id;
                default -> "";
            };
        }
    }

    /** What a machine can boot from. */
    record Image(String id, String name, String architecture, String owner, String created) {
        Thing asThing() {
            return new Thing(id, Map.of(), 0) {
                @Override
                @Nullable
                String property(String filter) {
                    return switch (filter) {
                        case "name" -> name;
                        case "architecture" -> architecture;
                        case "state" -> "available";
                        case "root-device-type" -> "ebs";
                        case "virtualization-type" -> "hvm";
                        default -> null;
                    };
                }
            };
        }
    }
}
