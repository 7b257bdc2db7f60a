package io.virtualwire.cloud.ec2.standin;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** What RunInstances demands of a request beyond the types of its parameters. */
final class LaunchCheck {
    private static final int MOST_USER_DATA = 16_384;

    private final Catalogue catalogue;
    private final GroupActions groups;
    private final KeyActions keys;

    LaunchCheck(Catalogue catalogue, GroupActions groups, KeyActions keys) {
        this.catalogue = catalogue;
        this.groups = groups;
        this.keys = keys;
    }

    Instance.Launch check(Parameters request) {
        if (request.integer("MinCount", 0) != 1 || request.integer("MaxCount", 0) != 1) {
            throw ApiError.invalid("MinCount", request.require("MinCount"), "The stand-in launches one at a time.");
        }
        InstanceType type = catalogue.type(request.require("InstanceType"));
        Catalogue.Image image = catalogue.image(request.require("ImageId"));
        if (!image.architecture().equals(type.architecture)) {
            throw ApiError.invalid(
                    "ImageId",
                    image.id(),
                    "The architecture '" + image.architecture() + "' of the specified image does not match '"
                            + type.architecture + "' of the instance type.");
        }
        Parameters face = networkInterface(request);
        Catalogue.Subnet subnet = face.text("SubnetId").map(catalogue::subnet).orElseGet(catalogue::anySubnet);
        if (!type.zones.contains(subnet.letter())) {
            throw ApiError.of(
                    "Unsupported",
                    "Your requested instance type (" + type.id()
                            + ") is not supported in your requested Availability Zone (" + subnet.zone() + ").");
        }
        List<Group> members = new ArrayList<>();
        face.list("SecurityGroupId").forEach(id -> members.add(groups.find(id)));
        String nested = request.text("CpuOptions.NestedVirtualization").orElse("disabled");
        if (nested.equals("enabled")) {
            nested(request, type);
        }
        byte[] userData = Base64.getDecoder().decode(request.text("UserData").orElse(""));
        if (userData.length > MOST_USER_DATA) {
            throw ApiError.of("InvalidParameterValue", "User data is limited to 16384 bytes");
        }
        String token = request.text("ClientToken").orElse("");
        if (!token.matches("[!-~]{0,64}")) {
            throw ApiError.invalid("ClientToken", token, "It has at most 64 ASCII characters.");
        }
        String keyName = request.text("KeyName").orElse(null);
        return new Instance.Launch(
                image.id(),
                type,
                subnet,
                keyName,
                keyName == null ? "" : keys.find(keyName).publicKey,
                List.copyOf(members),
                face.text("AssociatePublicIpAddress").map(Boolean::parseBoolean).orElse(true),
                userData,
                token,
                nested,
                request.text("MetadataOptions.HttpTokens").orElse("optional"),
                request.integer("MetadataOptions.HttpPutResponseHopLimit", 1),
                request.text("InstanceInitiatedShutdownBehavior").orElse("stop"),
                request.tags("instance"));
    }

    private static void nested(Parameters request, InstanceType type) {
        if (!type.nested) {
            throw ApiError.of(
                    "InvalidParameterCombination",
                    "The specified instance type " + type.id() + " does not support nested virtualization.");
        }
        if (request.text("InstanceMarketOptions.MarketType").isPresent()) {
            throw ApiError.combination("Nested virtualization is not available for Spot Instances.");
        }
    }

    private static Parameters networkInterface(Parameters request) {
        List<Parameters> faces = request.structures("NetworkInterface");
        if (faces.isEmpty()) {
            return request;
        }
        if (!request.list("SecurityGroupId").isEmpty()
                || request.text("SubnetId").isPresent()) {
            throw ApiError.combination(
                    "Network interfaces and an instance-level subnet ID or security groups may not be specified on the same"
                            + " request");
        }
        if (faces.size() > 1) {
            throw ApiError.combination("The stand-in's machines have one network interface");
        }
        Parameters face = faces.getFirst();
        if (!face.require("DeviceIndex").equals("0")) {
            throw ApiError.invalid("DeviceIndex", face.require("DeviceIndex"), "There must be one with index 0.");
        }
        return face;
    }

    /** The root disk that was asked for. */
    static Instance.Volume volume(String id, Parameters request, String zone, Map<String, String> tags) {
        for (Parameters mapping : request.structures("BlockDeviceMapping")) {
            String device = mapping.require("DeviceName");
            if (!device.equals("/dev/xvda")) {
                throw ApiError.of("InvalidBlockDeviceMapping", "The image's root device is /dev/xvda, not " + device);
            }
            return new Instance.Volume(
                    id,
                    tags,
                    mapping.integer("Ebs.VolumeSize", 8),
                    mapping.text("Ebs.VolumeType").orElse("gp2"),
                    zone,
                    mapping.flag("Ebs.Encrypted"),
                    mapping.text("Ebs.DeleteOnTermination")
                            .map(Boolean::parseBoolean)
                            .orElse(true));
        }
        return new Instance.Volume(id, tags, 8, "gp2", zone, false, true);
    }
}
