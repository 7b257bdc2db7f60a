package io.virtualwire.cloud.ec2.standin;

import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/** What EC2 says of a value that a parameter cannot have. */
final class ParameterType {
    private static final Pattern CIDR = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");
    private static final Pattern CIDR6 = Pattern.compile("[0-9a-fA-F:]{2,39}/(\\d{1,3})");

    private ParameterType() {}

    static void check(String name, String type, String value) {
        int open = type.indexOf('(');
        String kind = open < 0 ? type : type.substring(0, open);
        String inside = open < 0 ? "" : type.substring(open + 1, type.length() - 1);
        switch (kind) {
            case "string" -> {}
            case "integer" -> require(value.matches("-?\\d{1,9}"), name, value, "It must be an integer.");
            case "boolean" ->
                require(value.equals("true") || value.equals("false"), name, value, "It must be true or false.");
            case "one" ->
                require(Arrays.asList(inside.split("\\|")).contains(value), name, value, "Valid values: " + inside);
            case "id" -> id(name, inside, value);
            case "base64" -> base64(name, value);
            case "cidr" -> require(isCidr(value), name, value, "It is not a valid CIDR block.");
            case "cidr6" -> require(CIDR6.matcher(value).matches(), name, value, "It is not a valid IPv6 CIDR block.");
            default -> throw new IllegalStateException("actions.txt has the type " + type);
        }
    }

    private static void id(String name, String prefix, String value) {
        if (!value.matches(Pattern.quote(prefix) + "-[0-9a-f]{8,17}")) {
            String code = switch (prefix) {
                case "i" -> "InvalidInstanceID.Malformed";
                case "ami" -> "InvalidAMIID.Malformed";
                case "sg" -> "InvalidGroupId.Malformed";
                default -> "InvalidParameterValue";
            };
            throw ApiError.of(code, "Invalid id: \"" + value + "\" (expecting \"" + prefix + "-...\") in " + name);
        }
    }

    private static void base64(String name, String value) {
        try {
            Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw ApiError.invalid(name, "…", "Invalid BASE64 encoding of user data.");
        }
    }

    private static boolean isCidr(String value) {
        var parts = CIDR.matcher(value);
        if (!parts.matches() || Integer.parseInt(parts.group(5)) > 32) {
            return false;
        }
        for (int i = 1; i <= 4; i++) {
            if (Integer.parseInt(parts.group(i)) > 255) {
                return false;
            }
        }
        return true;
    }

    private static void require(boolean good, String name, String value, String why) {
        if (!good) {
            throw ApiError.invalid(name, value, why);
        }
    }
}
