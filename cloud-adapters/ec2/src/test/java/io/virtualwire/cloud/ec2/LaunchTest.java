package io.virtualwire.cloud.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.virtualwire.cloud.ec2.standin.Faults.Refusal;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostState;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

final class LaunchTest {
    @TempDir
    Path folder;

    private Lab lab;
    private Ec2CloudAdapter cloud;

    @BeforeEach
    void open() {
        lab = Lab.withoutMachines(folder);
        cloud = lab.adapter();
    }

    @AfterEach
    void close() {
        cloud.close();
        lab.close();
    }

    @Test
    void theRequestHasTheseFieldsAndNoOthers() {
        cloud.launch(HostOrder.of("one").withUserData("#cloud-config\nmarker: ä\n"));
        RunInstancesRequest request = lab.requests.stream()
                .filter(RunInstancesRequest.class::isInstance)
                .map(RunInstancesRequest.class::cast)
                .findFirst()
                .orElseThrow();
        Map<String, String> fields = new TreeMap<>();
        flatten("", request, fields);
        assertThat(fields.remove("ClientToken")).matches("[0-9a-f]{64}");
        assertThat(fields.remove("NetworkInterface.1.SecurityGroupId.1")).startsWith("sg-");
        assertThat(new String(Base64.getDecoder().decode(fields.remove("UserData")), StandardCharsets.UTF_8))
                .isEqualTo("#cloud-config\nmarker: ä\n");
        Map<String, String> expected = new TreeMap<>(Map.ofEntries(
                Map.entry("ImageId", "ami-00000000000000a02"),
                Map.entry("InstanceType", "m8i.large"),
                Map.entry("MinCount", "1"),
                Map.entry("MaxCount", "1"),
                Map.entry("KeyName", "virtualwire-aws-one"),
                Map.entry("CpuOptions.NestedVirtualization", "enabled"),
                Map.entry("MetadataOptions.HttpEndpoint", "enabled"),
                Map.entry("MetadataOptions.HttpTokens", "required"),
                Map.entry("MetadataOptions.HttpPutResponseHopLimit", "1"),
                Map.entry("InstanceInitiatedShutdownBehavior", "stop"),
                Map.entry("NetworkInterface.1.DeviceIndex", "0"),
                Map.entry("NetworkInterface.1.SubnetId", "subnet-0a1b2c3d4e5f6000a"),
                Map.entry("NetworkInterface.1.AssociatePublicIpAddress", "true"),
                Map.entry("NetworkInterface.1.DeleteOnTermination", "true"),
                Map.entry("BlockDeviceMapping.1.DeviceName", "/dev/xvda"),
                Map.entry("BlockDeviceMapping.1.Ebs.VolumeSize", "16"),
                Map.entry("BlockDeviceMapping.1.Ebs.VolumeType", "gp3"),
                Map.entry("BlockDeviceMapping.1.Ebs.Encrypted", "true"),
                Map.entry("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true")));
        List<String> kinds = List.of("instance", "volume", "network-interface");
        for (int i = 1; i <= kinds.size(); i++) {
            String at = "TagSpecification." + i + ".";
            expected.put(at + "ResourceType", kinds.get(i - 1));
            expected.putAll(Map.of(
                    at + "Tag.1.Key",
                    "Name",
                    at + "Tag.1.Value",
                    "virtualwire-aws-one",
                    at + "Tag.2.Key",
                    "virtualwire:cloud",
                    at + "Tag.2.Value",
                    "aws",
                    at + "Tag.3.Key",
                    "virtualwire:host",
                    at + "Tag.3.Value",
                    "one"));
        }
        assertThat(fields).isEqualTo(expected);
    }

    /* By the model that AWS publishes, as the SDK carries it. */
    private static void flatten(String prefix, SdkPojo pojo, Map<String, String> into) {
        for (SdkField<?> field : pojo.sdkFields()) {
            flatten(prefix + field.locationName(), field.getValueOrDefault(pojo), into);
        }
    }

    private static void flatten(String path, Object value, Map<String, String> into) {
        switch (value) {
            case null -> {}
            case SdkPojo inner -> flatten(path + ".", inner, into);
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    flatten(path + "." + (i + 1), list.get(i), into);
                }
            }
            default -> into.put(path, value.toString());
        }
    }

    @Test
    void aMetalTypeNeedsNoNesting() {
        cloud.launch(HostOrder.of("one").withType("m7i.metal-24xl"));
        assertThat(lab.standIn.requests())
                .filteredOn(request -> request.action().equals("RunInstances"))
                .hasSize(1)
                .allSatisfy(request ->
                        assertThat(request.parameters()).doesNotContainKey("CpuOptions.NestedVirtualization"));
    }

    @Test
    void aTypeThatCannotNestIsRefusedWithTheAlternatives() {
        refused(ErrorCode.BAD_REQUEST, () -> cloud.launch(HostOrder.of("one").withType("m7i.large")))
                .satisfies(e -> {
                    assertThat(e).hasMessageContaining("m7i.large").hasMessageContaining("nested virtualization");
                    assertThat(e.hint()).contains("m8i.large", "m7i.metal-24xl", "--virtualization software");
                });
        refused(ErrorCode.BAD_REQUEST, () -> cloud.launch(HostOrder.of("one").withType("q9z.nano")))
                .satisfies(e -> assertThat(e.hint()).contains("m8i.large"));
        assertThat(lab.standIn.inventory()).isEmpty();
        try (Ec2CloudAdapter soft = lab.adapter("virtualization", "software")) {
            assertThat(soft.launch(HostOrder.of("one").withType("m7i.large")).state())
                    .isEqualTo(HostState.RUNNING);
        }
    }

    @Test
    void otherPartitionsHaveOtherImages() {
        try (Ec2CloudAdapter china = lab.adapter("region", "cn-north-1")) {
            assertThat(Partition.of("cn-north-1")).isEqualTo("aws-cn");
            assertThat(Partition.of("us-gov-west-1")).isEqualTo("aws-us-gov");
            assertThat(Partition.of("eu-nowhere-9")).isEqualTo("aws");
            refused(ErrorCode.UNAUTHENTICATED, china::hosts)
                    .satisfies(e -> assertThat(e).hasMessageContaining("eu-central-1"));
        }
    }

    @Test
    void whatIsThereIsListedAndRemoved() {
        CloudHost one = cloud.launch(HostOrder.of("one"));
        CloudHost two = cloud.launch(HostOrder.of("two"));
        assertThat(one.addressFor(two)).isEqualTo(one.inside()).isNotEqualTo(one.address());
        assertThat(one.mtu()).isEqualTo(9001);
        assertThat(cloud.resources())
                .extracting(CloudResource::kind)
                .containsOnly("instance", "public address", "volume", "security group", "key pair")
                .hasSize(10);
        try (Ec2CloudAdapter priced = lab.adapter("price", "0.25")) {
            assertThat(priced.resources())
                    .filteredOn(resource -> "one".equals(resource.host()) && resource.dollarsPerHour() != null)
                    .extracting(CloudResource::dollarsPerHour)
                    .containsExactlyInAnyOrder(
                            new BigDecimal("0.25"),
                            new BigDecimal("0.005"),
                            new BigDecimal("0.002000"),
                            BigDecimal.ZERO,
                            BigDecimal.ZERO);
        }
        cloud.remove("one");
        assertThat(cloud.resources()).extracting(CloudResource::host).containsOnly("two");
        cloud.remove("two");
        assertThat(lab.standIn.inventory()).isEmpty();
    }

    @Test
    void aHostOfTheSameNameIsAnotherOne() {
        CloudHost first = cloud.launch(HostOrder.of("one"));
        cloud.remove("one");
        assertThat(cloud.launch(HostOrder.of("one")).id()).isNotEqualTo(first.id());
    }

    @Test
    void whoeverGoesOnAfterAKilledRunGetsTheSameInstance() {
        lab.standIn.faults().lag(4);
        lab.killedAfterRun = true;
        assertThatExceptionOfType(Lab.Killed.class).isThrownBy(() -> cloud.launch(HostOrder.of("one")));
        lab.killedAfterRun = false;
        String first = lab.standIn.inventory().getFirst();
        try (Ec2CloudAdapter again = lab.adapter()) {
            assertThat(again.launch(HostOrder.of("one")).id()).isEqualTo(first);
        }
        assertThat(lab.standIn.inventory())
                .filteredOn(id -> id.startsWith("i-"))
                .hasSize(1);
    }

    @Test
    void changedAddressesAreFollowed() {
        CloudHost before = cloud.launch(HostOrder.of("one"));
        try (var other = lab.client()) {
            other.stopInstances(request -> request.instanceIds(before.id()));
            other.waiter().waitUntilInstanceStopped(request -> request.instanceIds(before.id()));
            assertThat(cloud.hosts().getFirst().state()).isEqualTo(HostState.STOPPED);
            other.startInstances(request -> request.instanceIds(before.id()));
            other.waiter().waitUntilInstanceRunning(request -> request.instanceIds(before.id()));
            CloudHost started = cloud.hosts().getFirst();
            assertThat(started.address()).isNotEqualTo(before.address());
            assertThat(started.inside()).isEqualTo(before.inside());
            String allocation = other.allocateAddress().allocationId();
            other.associateAddress(request -> request.allocationId(allocation).instanceId(before.id()));
            assertThat(cloud.hosts().getFirst().address()).isNotIn(before.address(), started.address());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DENIED", "LOST_ANSWER", "THROTTLED", "LAGGING"})
    void aLaunchThatFailsAnywhereLeavesNothing(String kind) {
        cloud.launch(HostOrder.of("dry"));
        cloud.remove("dry");
        int requests = lab.standIn.faults().requests();
        List<String> outcomes = new ArrayList<>();
        // What is asked again is tried at each third request, unless there is time.
        boolean all = Boolean.getBoolean("wire.long") || kind.equals("DENIED");
        for (int number = 1; number <= requests; number += all ? 1 : 3) {
            lab.standIn.faults().clear();
            int before = lab.standIn.faults().requests();
            switch (kind) {
                case "DENIED" -> lab.standIn.faults().request(number, Refusal.DENIED);
                case "LOST_ANSWER" -> lab.standIn.faults().request(number, Refusal.LOST_ANSWER);
                case "THROTTLED" -> lab.standIn.faults().request(number, Refusal.THROTTLED);
                default -> {
                    lab.standIn.faults().lag(3);
                    lab.standIn.faults().request(number, Refusal.DENIED);
                }
            }
            try {
                cloud.launch(HostOrder.of("one"));
                outcomes.add("launched");
            } catch (WireException e) {
                outcomes.add("refused");
                assertThat(lab.standIn.inventory())
                        .as("after request %d of %s", number, kind)
                        .isEmpty();
            }
            lab.standIn.faults().clear();
            cloud.remove("one");
            assertThat(lab.standIn.inventory())
                    .as("after request %d of %s, removed", number, kind)
                    .isEmpty();
            assertThat(lab.standIn.faults().requests()).isGreaterThan(before);
        }
        if (kind.equals("DENIED") || kind.equals("LAGGING")) {
            assertThat(outcomes).contains("refused");
        } else {
            assertThat(outcomes).as("it is asked again").containsOnly("launched");
        }
    }

    @Test
    void whereNothingIsFreeTheNextZoneIsAsked() {
        lab.standIn.faults().next("RunInstances", 8, Refusal.NO_CAPACITY);
        cloud.launch(HostOrder.of("one"));
        assertThat(lab.standIn.requests())
                .filteredOn(request -> request.action().equals("RunInstances"))
                .last()
                .satisfies(request -> assertThat(request.parameters())
                        .containsEntry("NetworkInterface.1.SubnetId", "subnet-0a1b2c3d4e5f6000b"));
        cloud.remove("one");
        lab.standIn.faults().next("RunInstances", 16, Refusal.NO_CAPACITY);
        refused(ErrorCode.UNAVAILABLE, () -> cloud.launch(HostOrder.of("one")))
                .satisfies(e -> assertThat(e).hasMessageContaining("InsufficientInstanceCapacity"));
        assertThat(lab.standIn.inventory()).isEmpty();
    }

    @Test
    void whoMayNotIsToldWhat() {
        lab.standIn.faults().deny("RunInstances");
        refused(ErrorCode.FORBIDDEN, () -> cloud.launch(HostOrder.of("one"))).satisfies(e -> {
            assertThat(e).hasMessageContaining("UnauthorizedOperation");
            assertThat(e.hint()).contains("docs/adapters.md");
        });
        lab.standIn.faults().deny("DeleteSecurityGroup");
        refused(ErrorCode.FORBIDDEN, () -> cloud.launch(HostOrder.of("one")))
                .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessageContaining("could not be removed"));
        lab.standIn.faults().clear();
        cloud.remove("one");
        assertThat(lab.standIn.inventory()).isEmpty();
    }

    @Test
    void nobodyIsBelievedWithoutTheRightSecret() {
        System.setProperty("aws.secretAccessKey", "another");
        try (Ec2CloudAdapter stranger = lab.adapter()) {
            refused(ErrorCode.UNAUTHENTICATED, stranger::hosts)
                    .satisfies(e -> assertThat(e)
                            .hasMessageContaining("SignatureDoesNotMatch")
                            .hasMessageNotContaining("another"));
        }
    }

    private static ThrowableAssertAlternative<WireException> refused(ErrorCode code, ThrowingCallable what) {
        return assertThatExceptionOfType(WireException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
