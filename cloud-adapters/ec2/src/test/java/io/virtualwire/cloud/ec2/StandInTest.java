package io.virtualwire.cloud.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.virtualwire.cloud.ec2.standin.Faults.Refusal;
import io.virtualwire.cloud.ec2.standin.Reference;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** The stand-in and AWS's SDK, which know nothing of each other, agree; and what EC2 refuses the stand-in does. */
final class StandInTest {
    private static final String IMAGE = "ami-00000000000000a02";

    @TempDir
    Path folder;

    private Lab lab;
    private Ec2Client client;

    @BeforeEach
    void open() {
        lab = Lab.withoutMachines(folder);
        client = lab.client();
    }

    @AfterEach
    void close() {
        client.close();
        lab.close();
    }

    @Test
    void everyParameterIsOneOfThePublishedModel() throws ReflectiveOperationException {
        Reference reference = Reference.load();
        for (String action : reference.actions()) {
            Class<?> type = Class.forName("software.amazon.awssdk.services.ec2.model." + action + "Request");
            Set<String> published = new HashSet<>();
            collect("", (SdkPojo) type.getMethod("builder").invoke(null), published);
            assertThat(published)
                    .as(action)
                    .containsAll(reference.parameters(action).keySet());
        }
    }

    private static void collect(String prefix, SdkPojo pojo, Set<String> into) {
        if (prefix.chars().filter(c -> c == '.').count() > 5) {
            return;
        }
        for (SdkField<?> field : pojo.sdkFields()) {
            String path = prefix + field.locationName();
            if (field.marshallingType() == MarshallingType.LIST) {
                SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
                into.add(path + ".N");
                if (member.marshallingType() == MarshallingType.SDK_POJO) {
                    collect(path + ".N.", member.constructor().get(), into);
                }
            } else if (field.marshallingType() == MarshallingType.SDK_POJO) {
                collect(path + ".", field.constructor().get(), into);
            } else {
                into.add(path);
            }
        }
    }

    @Test
    void whatIsWrongIsRefusedAsTheReferenceSays() {
        refused("MissingParameter", () -> client.runInstances(request -> request.imageId(IMAGE)));
        refused(
                "InvalidAMIID.Malformed",
                () -> client.runInstances(valid().imageId("debian").build()));
        refused(
                "InvalidAMIID.NotFound",
                () -> client.runInstances(
                        valid().imageId("ami-0123456789abcdef0").build()));
        refused(
                "InvalidParameterValue",
                () -> client.runInstances(valid().instanceType("huge").build()));
        refused(
                "UnknownParameter",
                () -> client.runInstances(valid().kernelId("aki-1").build()));
        refused(
                "InvalidParameterValue",
                () -> client.runInstances(valid().userData("no base64!").build()));
        refused(
                "InvalidKeyPair.NotFound",
                () -> client.runInstances(valid().keyName("nobody's").build()));
        refused(
                "InvalidGroup.NotFound",
                () -> client.runInstances(
                        valid().securityGroupIds("sg-0123456789abcdef0").build()));
        refused(
                "InvalidParameterCombination",
                () -> client.runInstances(valid().instanceType("t3.micro")
                        .cpuOptions(cpu -> cpu.nestedVirtualization("enabled"))
                        .build()));
        refused(
                "InvalidParameterCombination",
                () -> client.runInstances(valid().cpuOptions(cpu -> cpu.nestedVirtualization("enabled"))
                        .instanceMarketOptions(market -> market.marketType("spot"))
                        .build()));
        refused(
                "Unsupported",
                () -> client.runInstances(valid().instanceType("c8i.large")
                        .subnetId("subnet-0a1b2c3d4e5f6000a")
                        .build()));
        refused(
                "DryRunOperation",
                () -> client.runInstances(valid().dryRun(true).build()));
        refused(
                "InvalidInstanceID.NotFound",
                () -> client.describeInstances(request -> request.instanceIds("i-0123456789abcdef0")));
        refused("InvalidInstanceID.Malformed", () -> client.terminateInstances(request -> request.instanceIds("one")));
        refused(
                "InvalidParameterValue",
                () -> client.describeInstances(request -> request.filters(Tags.filter("no-such-filter", "x"))));
        refused(
                "InvalidParameterValue",
                () -> client.createSecurityGroup(request -> request.groupName("a")
                        .description("a")
                        .tagSpecifications(TagSpecification.builder()
                                .resourceType(ResourceType.SECURITY_GROUP)
                                .tags(Tag.builder().key("aws:mine").value("x").build())
                                .build())));
        client.createSecurityGroup(request -> request.groupName("a").description("a"));
        refused(
                "InvalidGroup.Duplicate",
                () -> client.createSecurityGroup(
                        request -> request.groupName("a").description("a")));
        lab.standIn.faults().deny("DescribeVpcs");
        refused("UnauthorizedOperation", () -> client.describeVpcs());
        lab.standIn.faults().next("DescribeSubnets", 20, Refusal.THROTTLED);
        refused("RequestLimitExceeded", () -> client.describeSubnets());
    }

    private static RunInstancesRequest.Builder valid() {
        return RunInstancesRequest.builder()
                .imageId(IMAGE)
                .instanceType("m8i.large")
                .minCount(1)
                .maxCount(1);
    }

    @Test
    void aTokenGivesTheSameInstanceAndOnlyForTheSameRequest() {
        String first = client.runInstances(valid().clientToken("token").build())
                .instances()
                .getFirst()
                .instanceId();
        String again = client.runInstances(valid().clientToken("token").build())
                .instances()
                .getFirst()
                .instanceId();
        assertThat(again).isEqualTo(first);
        refused(
                "IdempotentParameterMismatch",
                () -> client.runInstances(
                        valid().clientToken("token").instanceType("m8i.xlarge").build()));
    }

    @Test
    void aGroupInUseStays() {
        String group = client.createSecurityGroup(
                        request -> request.groupName("a").description("a"))
                .groupId();
        String id = client.runInstances(valid().securityGroupIds(group).build())
                .instances()
                .getFirst()
                .instanceId();
        refused("DependencyViolation", () -> client.deleteSecurityGroup(request -> request.groupId(group)));
        client.terminateInstances(request -> request.instanceIds(id));
        client.waiter().waitUntilInstanceTerminated(request -> request.instanceIds(id));
        client.deleteSecurityGroup(request -> request.groupId(group));
        assertThat(lab.standIn.inventory()).isEmpty();
    }

    @Test
    void whatIsNotSignedIsNotHeard() throws IOException, InterruptedException {
        try (HttpClient plain = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(lab.standIn.endpoint() + "/"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("Action=DescribeVpcs&Version=2016-11-15"));
            HttpResponse<String> answer = plain.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).contains("<Code>AuthFailure</Code>");
        }
        assertThat(lab.standIn.requests()).isEmpty();
    }

    private static void refused(String code, ThrowingCallable what) {
        assertThatExceptionOfType(Ec2Exception.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.awsErrorDetails().errorCode())
                        .as(e.getMessage())
                        .isEqualTo(code));
    }
}
