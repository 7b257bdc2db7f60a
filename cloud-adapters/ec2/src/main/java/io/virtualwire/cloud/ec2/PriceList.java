package io.virtualwire.cloud.ec2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * AWS's own list of on-demand prices, asked as {@code GetProducts} of the Price List API: one request of JSON 1.1, which the SDK's parts sign
 * and send.
 *
 * <p>It is for estimates: what it does not tell at once, or tells ambiguously, is not known. Each product is a text of JSON:
 *
 * <pre>
 *   {"terms": {"OnDemand": {TERM: {"priceDimensions": {RATE: {"unit": "Hrs", "pricePerUnit": {"USD": "0.1"}}}}}}}
 * </pre>
 */
final class PriceList {
    private static final Logger LOG = LoggerFactory.getLogger(PriceList.class);

    /* One of the few regions in which it answers, for all commercial ones. */
    private static final String ANSWERS = "us-east-1";
    private static final URI AWS = URI.create("https://api.pricing." + ANSWERS + ".amazonaws.com");
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final BigDecimal HOURS_A_MONTH = new BigDecimal(730);
    private static final int SCALE = 6;
    private static final int LONGEST = 1 << 20;

    private final Ec2Settings settings;
    private final URI endpoint;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Map<Map<String, String>, Optional<BigDecimal>> told = new HashMap<>();
    private boolean silent;

    /** @param environment of this process */
    PriceList(Ec2Settings settings, Map<String, String> environment) {
        this.settings = settings;
        this.endpoint =
                settings.endpoint().orElseGet(() -> elsewhere(environment).orElse(AWS));
    }

    /** As the SDK's own clients are told; and what stands in for EC2 is asked for its prices, since AWS's are not true there. */
    private static Optional<URI> elsewhere(Map<String, String> environment) {
        return Stream.of("AWS_ENDPOINT_URL_PRICING", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2")
                .map(environment::get)
                .filter(Objects::nonNull)
                .findFirst()
                .map(URI::create);
    }

    /** Dollars for an hour of an instance of this type that runs Linux, on demand, on shared hardware. */
    Optional<BigDecimal> instanceHour(String type) {
        return price(
                "Hrs",
                Map.of(
                        "instanceType", type,
                        "operatingSystem", "Linux",
                        "tenancy", "Shared",
                        "preInstalledSw", "NA",
                        "capacitystatus", "Used",
                        "marketoption", "OnDemand"));
    }

    /** Dollars for an hour of a volume; of its size, not of what is asked beyond what comes with it. */
    Optional<BigDecimal> volumeHour(String type, int gibibytes) {
        return price("GB-Mo", Map.of("productFamily", "Storage", "volumeApiName", type))
                .map(month -> month.multiply(BigDecimal.valueOf(gibibytes))
                        .divide(HOURS_A_MONTH, SCALE, RoundingMode.HALF_UP));
    }

    private Optional<BigDecimal> price(String unit, Map<String, String> what) {
        return told.computeIfAbsent(what, product -> silent ? Optional.empty() : ask(unit, product));
    }

    private Optional<BigDecimal> ask(String unit, Map<String, String> what) {
        ObjectNode question =
                json.createObjectNode().put("ServiceCode", "AmazonEC2").put("FormatVersion", "aws_v1");
        ArrayNode filters = question.putArray("Filters");
        what.forEach((field, value) -> filters.add(filter(field, value)));
        filters.add(filter("regionCode", settings.region()));
        try {
            return only(unit, post(question.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | SdkException e) {
            silent = true;
            LOG.warn("AWS's list of prices does not tell: {}; say what an instance costs with --price", e.getMessage());
            return Optional.empty();
        }
    }

    private ObjectNode filter(String field, String value) {
        return json.createObjectNode()
                .put("Type", "TERM_MATCH")
                .put("Field", field)
                .put("Value", value);
    }

    private JsonNode post(byte[] question) throws IOException {
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(endpoint)
                .encodedPath("/")
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .putHeader("X-Amz-Target", "AWSPriceListService.GetProducts")
                .build();
        SignedRequest signed = AwsV4HttpSigner.create()
                .sign(parts -> parts.identity(Ec2Access.credentials(settings).resolveCredentials())
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArray(question))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "pricing")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, ANSWERS));
        try (SdkHttpClient http = UrlConnectionHttpClient.builder()
                .connectionTimeout(PATIENCE)
                .socketTimeout(PATIENCE)
                .build()) {
            HttpExecuteResponse response = http.prepareRequest(HttpExecuteRequest.builder()
                            .request(signed.request())
                            .contentStreamProvider(signed.payload().orElse(null))
                            .build())
                    .call();
            byte[] body = {};
            if (response.responseBody().isPresent()) {
                try (InputStream in = response.responseBody().get()) {
                    body = in.readNBytes(LONGEST);
                }
            }
            JsonNode answer = json.readTree(body);
            if (!response.httpResponse().isSuccessful()) {
                throw new IOException(answer.path("__type")
                                .asText("status " + response.httpResponse().statusCode())
                        + " "
                        + answer.path("message").asText(answer.path("Message").asText()));
            }
            return answer;
        }
    }

    /** The one price that all of them have; a price of nothing is that of some allowance. */
    private Optional<BigDecimal> only(String unit, JsonNode answer) throws IOException {
        Set<BigDecimal> prices = new TreeSet<>();
        for (JsonNode product : answer.path("PriceList")) {
            for (JsonNode term : json.readTree(product.asText()).path("terms").path("OnDemand")) {
                for (JsonNode rate : term.path("priceDimensions")) {
                    if (unit.equals(rate.path("unit").asText())) {
                        dollars(rate).ifPresent(prices::add);
                    }
                }
            }
        }
        return prices.size() == 1 ? Optional.of(prices.iterator().next()) : Optional.empty();
    }

    private static Optional<BigDecimal> dollars(JsonNode rate) {
        try {
            BigDecimal price =
                    new BigDecimal(rate.path("pricePerUnit").path("USD").asText("0"));
            return Optional.of(price.stripTrailingZeros()).filter(it -> it.signum() > 0);
        } catch (NumberFormatException e) {
            LOG.debug("no price: {}", rate, e);
            return Optional.empty();
        }
    }
}
