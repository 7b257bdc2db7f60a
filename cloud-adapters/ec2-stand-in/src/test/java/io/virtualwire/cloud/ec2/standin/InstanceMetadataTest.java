package io.virtualwire.cloud.ec2.standin;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.ec2.standin.InstanceBacking.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the metadata service gives, to whom. */
class InstanceMetadataTest {
    private static final String LIFE = "X-aws-ec2-metadata-token-ttl-seconds";
    private static final String USER_DATA = "#cloud-config\nmarker: ä\n";

    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Collection<Machine> present = List.of();
    private volatile Instant now = Instant.parse("2030-01-01T12:00:00Z");
    private InstanceMetadata service;

    @BeforeEach
    void open() {
        service = new InstanceMetadata(
                InetAddress.getLoopbackAddress(),
                new Clock() {
                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return now;
                    }
                },
                () -> present);
        present = List.of(machine("127.0.0.1"));
    }

    @AfterEach
    void close() {
        service.close();
        client.close();
    }

    @Test
    void whoShowsATokenIsToldAllAndNobodyElseIs() throws Exception {
        assertThat(get("/latest/user-data", null).statusCode()).isEqualTo(401);
        assertThat(get("/latest/user-data", "guess").statusCode()).isEqualTo(401);
        String token = token("60");
        assertThat(get("/latest/user-data", token).body()).isEqualTo(USER_DATA);
        assertThat(get("/2021-03-23/meta-data/instance-id", token).body()).isEqualTo("i-0123456789abcdef0");
        assertThat(get("/latest/meta-data/public-keys/", token).body()).isEqualTo("0=virtualwire");
        assertThat(get("/latest/meta-data/public-keys/0/openssh-key", token).body())
                .isEqualTo("ssh-ed25519 AAAA me");
        assertThat(get("/latest/meta-data/", token).body().lines())
                .contains("instance-id", "local-ipv4", "network/", "public-ipv4", "public-keys/");
        assertThat(get("/latest/meta-data/nothing", token).statusCode()).isEqualTo(404);
        assertThat(get("/user-data", token).statusCode()).isEqualTo(404);
    }

    @Test
    void aTokenHoldsForAsLongAsWasAskedForAndForOneMachine() throws Exception {
        String token = token("60");
        now = now.plus(Duration.ofSeconds(59));
        assertThat(get("/latest/user-data", token).statusCode()).isEqualTo(200);
        now = now.plus(Duration.ofSeconds(1));
        assertThat(get("/latest/user-data", token).statusCode()).isEqualTo(401);
        String other = token("60");
        present = List.of(new Machine("i-0fedcba9876543210", "172.31.0.5", "127.0.0.1", new byte[0], "", List.of()));
        assertThat(get("/latest/meta-data/instance-id", other).statusCode()).isEqualTo(401);
        assertThat(get("/latest/user-data", token("60")).statusCode())
                .as("it was given none")
                .isEqualTo(404);
    }

    @Test
    void tokensAreRefusedToWhoAsksWrongly() throws Exception {
        assertThat(put("/latest/api/token", LIFE, "0").statusCode()).isEqualTo(400);
        assertThat(put("/latest/api/token", LIFE, "21601").statusCode()).isEqualTo(400);
        assertThat(put("/latest/api/token", "X-Other", "60").statusCode()).isEqualTo(400);
        assertThat(put("/latest/api/token", LIFE, "60", "X-Forwarded-For", "192.0.2.1")
                        .statusCode())
                .isEqualTo(403);
        assertThat(put("/latest/token", LIFE, "60").statusCode()).isEqualTo(404);
        present = List.of(machine("198.51.100.10"));
        assertThat(put("/latest/api/token", LIFE, "60").statusCode())
                .as("of no machine that there is")
                .isEqualTo(404);
    }

    private static Machine machine(String publicAddress) {
        return new Machine(
                "i-0123456789abcdef0",
                "172.31.0.4",
                publicAddress,
                USER_DATA.getBytes(StandardCharsets.UTF_8),
                "ssh-ed25519 AAAA me",
                List.of());
    }

    private String token(String seconds) throws IOException, InterruptedException {
        HttpResponse<String> answer = put("/latest/api/token", LIFE, seconds);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> put(String path, String... headers) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(at(path))
                        .headers(headers)
                        .PUT(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> get(String path, @Nullable String token) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path));
        if (token != null) {
            request.header("X-aws-ec2-metadata-token", token);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + service.address().getPort() + path);
    }
}
