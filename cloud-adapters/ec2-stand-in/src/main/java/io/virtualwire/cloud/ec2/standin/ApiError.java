package io.virtualwire.cloud.ec2.standin;

/** A refusal as EC2 words it; the codes are those of its API reference. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    ApiError(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    static ApiError missing(String parameter) {
        return new ApiError(400, "MissingParameter", "The request must contain the parameter " + parameter);
    }

    static ApiError unknown(String parameter) {
        return new ApiError(400, "UnknownParameter", "The parameter " + parameter + " is not recognized");
    }

    static ApiError invalid(String parameter, String value, String why) {
        return new ApiError(
                400,
                "InvalidParameterValue",
                "Value (" + value + ") for parameter " + parameter + " is invalid. " + why);
    }

    static ApiError combination(String why) {
        return new ApiError(400, "InvalidParameterCombination", why);
    }

    static ApiError of(String code, String message) {
        return new ApiError(400, code, message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
