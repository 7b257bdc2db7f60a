package io.virtualwire.cloud.ec2;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.waiters.WaiterOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.Ec2ClientBuilder;

/** The way to EC2: who asks, where, and how often what failed is asked again. All of it by the SDK's own means. */
final class Ec2Access implements AutoCloseable {
    private static final int ATTEMPTS = 8;

    /* What was made a moment ago may not be known yet to whichever of EC2's machines answers. */
    private static final Set<String> NOT_YET = Set.of(
            "InvalidGroup.NotFound",
            "InvalidKeyPair.NotFound",
            "InvalidInstanceID.NotFound",
            "InvalidSecurityGroupID.NotFound");

    private final Ec2Client client;
    private final Ec2Client patient;
    private final Refusals refusals;
    private final Pace pace;

    private Ec2Access(Ec2Client client, Ec2Client patient, Refusals refusals, Pace pace) {
        this.client = client;
        this.patient = patient;
        this.refusals = refusals;
        this.pace = pace;
    }

    /** @param interceptors see every request and every answer */
    static Ec2Access open(String cloud, Ec2Settings settings, Pace pace, List<ExecutionInterceptor> interceptors) {
        StandardRetryStrategy.Builder retries = AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .maxAttempts(ATTEMPTS)
                // One command makes a few dozen requests: it need not be kept from asking too often for long.
                .circuitBreakerEnabled(false)
                .backoffStrategy(BackoffStrategy.exponentialDelay(pace.retry(), pace.slowest()))
                .throttlingBackoffStrategy(
                        BackoffStrategy.exponentialDelay(pace.retry().multipliedBy(5), pace.slowest()));
        StandardRetryStrategy usual = retries.build();
        StandardRetryStrategy patient = usual.toBuilder()
                .retryOnException(e -> NOT_YET.contains(codeOf(e)))
                .build();
        AwsCredentialsProvider credentials = credentials(settings);
        return new Ec2Access(
                client(settings, credentials, usual, interceptors),
                client(settings, credentials, patient, interceptors),
                new Refusals(cloud, settings),
                pace);
    }

    private static Ec2Client client(
            Ec2Settings settings,
            AwsCredentialsProvider credentials,
            StandardRetryStrategy retries,
            List<ExecutionInterceptor> interceptors) {
        Ec2ClientBuilder builder = Ec2Client.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(
                        override -> override.retryStrategy(retries).executionInterceptors(interceptors));
        settings.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    static AwsCredentialsProvider credentials(Ec2Settings settings) {
        // A profile that somebody names is meant, whatever the environment says; so does AWS's own command line.
        return settings.profile()
                .<AwsCredentialsProvider>map(ProfileCredentialsProvider::create)
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    Ec2Client client() {
        return client;
    }

    Pace pace() {
        return pace;
    }

    Refusals refusals() {
        return refusals;
    }

    /** For requests about what was made a moment ago, which EC2 may not know everywhere yet. */
    Ec2Client patient() {
        return patient;
    }

    /** Does it, and words what fails as ours. */
    <T> T ask(String what, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException e) {
            throw refusals.of(what, e);
        }
    }

    /** What made a waiter give up, if that was more than time. */
    static SdkException cause(SdkException failure) {
        return failure.getCause() instanceof SdkException inner ? cause(inner) : failure;
    }

    /** How EC2 words a refusal; empty if it is none of its own. */
    static String codeOf(Throwable failure) {
        return failure instanceof AwsServiceException refusal && refusal.awsErrorDetails() != null
                ? String.valueOf(refusal.awsErrorDetails().errorCode())
                : "";
    }

    WaiterOverrideConfiguration waiting(java.time.Duration patience) {
        return WaiterOverrideConfiguration.builder()
                .backoffStrategyV2(BackoffStrategy.fixedDelayWithoutJitter(pace.poll()))
                .maxAttempts((int) Math.max(
                        2, 1 + patience.toMillis() / Math.max(1, pace.poll().toMillis())))
                .waitTimeout(patience)
                .build();
    }

    @Override
    public void close() {
        client.close();
        patient.close();
    }
}
