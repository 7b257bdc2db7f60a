package io.virtualwire.cloud.ec2.standin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code GetProducts} of the Price List API, in JSON 1.1: what {@code prices.txt} has for the stand-in's region. */
final class PriceActions {
    /** What the header {@code X-Amz-Target} says. */
    static final String TARGET = "AWSPriceListService.GetProducts";

    /** Where AWS answers, and as which service. */
    static final String REGION = "us-east-1";

    static final String SERVICE = "pricing";

    private static final Set<String> MEMBERS =
            Set.of("ServiceCode", "Filters", "FormatVersion", "NextToken", "MaxResults");

    private final String region;
    private final JsonMapper json = JsonMapper.builder().build();
    private final List<Map<String, String>> products;

    PriceActions(String region) {
        this.region = region;
        products = Reference.lines("prices.txt").stream().map(this::product).toList();
    }

    private Map<String, String> product(String line) {
        String[] words = line.strip().split(" +");
        Map<String, String> attributes = new TreeMap<>(Map.of("regionCode", region, "servicecode", "AmazonEC2"));
        attributes.put("unit", words[0]);
        attributes.put("price", words[1]);
        for (int i = 2; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            attributes.put(pair[0], pair[1]);
        }
        return attributes;
    }

    String answer(byte[] body) {
        try {
            JsonNode request = json.readTree(new String(body, StandardCharsets.UTF_8));
            request.fieldNames().forEachRemaining(name -> {
                if (!MEMBERS.contains(name)) {
                    throw invalid("no such member: " + name);
                }
            });
            if (!request.path("ServiceCode").asText().equals("AmazonEC2")) {
                throw new ApiError(400, "NotFoundException", "The stand-in has prices of AmazonEC2");
            }
            ObjectNode answer = json.createObjectNode().put("FormatVersion", "aws_v1");
            ArrayNode list = answer.putArray("PriceList");
            products.stream()
                    .filter(product -> matches(product, request.path("Filters")))
                    .forEach(product -> list.add(text(product)));
            return answer.toString();
        } catch (JsonProcessingException e) {
            throw new ApiError(400, "SerializationException", String.valueOf(e.getOriginalMessage()));
        }
    }

    private static boolean matches(Map<String, String> product, JsonNode filters) {
        boolean all = true;
        for (JsonNode filter : filters) {
            if (!filter.path("Type").asText().equals("TERM_MATCH")) {
                throw invalid("the stand-in's filters are of type TERM_MATCH");
            }
            all &= filter.path("Value")
                    .asText()
                    .equals(product.get(filter.path("Field").asText()));
        }
        return all;
    }

    /** As AWS has it: a text of JSON within the JSON. */
    private String text(Map<String, String> product) {
        Map<String, String> attributes = new TreeMap<>(product);
        String unit = attributes.remove("unit");
        String price = attributes.remove("price");
        ObjectNode text = json.createObjectNode().put("serviceCode", "AmazonEC2");
        text.putObject("product").set("attributes", json.valueToTree(attributes));
        ObjectNode rate = text.putObject("terms")
                .putObject("OnDemand")
                .putObject("TERM")
                .putObject("priceDimensions")
                .putObject("RATE");
        rate.put("unit", unit).put("beginRange", "0").put("endRange", "Inf");
        rate.putObject("pricePerUnit").put("USD", price);
        return text.toString();
    }

    String refusal(ApiError error) {
        return json.createObjectNode()
                .put("__type", error.code())
                .put("message", error.getMessage())
                .toString();
    }

    private static ApiError invalid(String why) {
        return new ApiError(400, "InvalidParameterException", why);
    }
}
