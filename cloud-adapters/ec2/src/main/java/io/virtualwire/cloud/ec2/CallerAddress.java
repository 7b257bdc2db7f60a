package io.virtualwire.cloud.ec2;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Where from this machine is seen by AWS: hosts let nobody else log in. */
final class CallerAddress {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private CallerAddress() {}

    static Cidr of(String cloud, Ec2Settings settings) {
        return settings.sshFrom().orElseGet(() -> ask(cloud, settings));
    }

    private static Cidr ask(String cloud, Ec2Settings settings) {
        String advice = "say it yourself: add the cloud with --ssh-from, such as --ssh-from 203.0.113.7/32";
        if (settings.endpoint().isPresent()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cloud " + cloud + " has an endpoint of its own, which does not tell where this machine is",
                    advice);
        }
        String service = Partition.addressService(settings.region());
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(service)).timeout(LIMIT).build(),
                    HttpResponse.BodyHandlers.ofString());
            return Cidr.parse(answer.body().strip());
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE, "cannot learn this machine's public address from " + service, advice, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.TIMEOUT, "interrupted while asking " + service, "", e);
        }
    }
}
