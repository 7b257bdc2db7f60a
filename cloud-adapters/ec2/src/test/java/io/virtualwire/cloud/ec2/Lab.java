package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.ec2.standin.InstanceBacking;
import io.virtualwire.cloud.ec2.standin.StandIn;
import io.virtualwire.cloud.ec2.standin.StandInOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/** A stand-in, adapters to it, and what they asked. */
final class Lab implements AutoCloseable {
    static final String REGION = "eu-central-1";
    private static final Pace QUICK =
            new Pace(Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofSeconds(20));

    final StandIn standIn;
    final List<SdkRequest> requests = new CopyOnWriteArrayList<>();
    private final Path folder;
    volatile boolean killedAfterRun;

    /** As a process that is killed: nothing is cleaned up. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    Lab(InstanceBacking backing, String publicPrefix, Path folder) {
        this.folder = folder;
        standIn = StandIn.open(
                new StandInOptions(0, REGION, Map.of(StandInOptions.ACCESS_KEY, StandInOptions.SECRET), publicPrefix),
                backing);
        // Where the default chain looks second.
        System.setProperty("aws.accessKeyId", StandInOptions.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", StandInOptions.SECRET);
    }

    static Lab withoutMachines(Path folder) {
        return new Lab(InstanceBacking.none(), "198.51.100.", folder);
    }

    Ec2CloudAdapter adapter(String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "region", REGION, "endpoint", standIn.endpoint().toString(), "ssh-from", "0.0.0.0/0", "user", "root"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return Ec2CloudAdapter.open(
                "aws", Ec2Settings.parse("aws", settings), folder, QUICK, List.of(new ExecutionInterceptor() {
                    @Override
                    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                        requests.add(context.request());
                    }

                    @Override
                    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
                        if (killedAfterRun && context.request() instanceof RunInstancesRequest) {
                            throw new Killed();
                        }
                    }
                }));
    }

    /** Somebody else's way to the same account. */
    Ec2Client client() {
        return Ec2Client.builder()
                .region(Region.of(REGION))
                .endpointOverride(standIn.endpoint())
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(StandInOptions.ACCESS_KEY, StandInOptions.SECRET)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    /** Opens a host's group to pings, which wires do not need. */
    void letPingsIn(String host) {
        try (Ec2Client client = client()) {
            String group = client.describeSecurityGroups(request -> request.filters(Tags.ofHost(host)))
                    .securityGroups()
                    .getFirst()
                    .groupId();
            client.authorizeSecurityGroupIngress(request -> request.groupId(group)
                    .ipPermissions(IpPermission.builder()
                            .ipProtocol("icmp")
                            .fromPort(-1)
                            .toPort(-1)
                            .ipRanges(IpRange.builder().cidrIp("0.0.0.0/0").build())
                            .build()));
        } catch (Ec2Exception e) {
            if (!Ec2Access.codeOf(e).equals("InvalidPermission.Duplicate")) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        standIn.close();
    }
}
