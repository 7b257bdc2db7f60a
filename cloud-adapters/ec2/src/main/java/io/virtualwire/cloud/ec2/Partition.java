package io.virtualwire.cloud.ec2;

import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/** The parts that AWS is divided into; accounts, images and services of one are not those of another. */
final class Partition {
    static final String COMMERCIAL = "aws";

    private Partition() {}

    /** {@code aws}, {@code aws-cn}, {@code aws-us-gov} …, also of regions that came after this SDK. */
    static String of(String region) {
        return PartitionMetadata.of(Region.of(region)).id();
    }

    /** Where a machine learns its own public address. */
    static String addressService(String region) {
        return of(region).equals("aws-cn") ? "https://checkip.amazonaws.com.cn" : "https://checkip.amazonaws.com";
    }
}
