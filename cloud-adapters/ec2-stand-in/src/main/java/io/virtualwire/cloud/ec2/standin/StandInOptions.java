package io.virtualwire.cloud.ec2.standin;

import java.util.Map;

/**
 * What the stand-in pretends to be.
 *
 * @param port of loopback; 0 for a free one
 * @param region whose name requests must be signed for
 * @param secrets of access keys, by their ids
 * @param publicPrefix the first three numbers of public addresses, with a dot at the end
 */
public record StandInOptions(int port, String region, Map<String, String> secrets, String publicPrefix) {
    /** The access key's id that AWS uses in its documentation. */
    public static final String ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";

    /** And the secret that goes with it. */
    public static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    public StandInOptions {
        secrets = Map.copyOf(secrets);
    }

    /** A region of that name with the example's access key, on a free port. */
    public static StandInOptions in(String region) {
        return new StandInOptions(0, region, Map.of(ACCESS_KEY, SECRET), "198.51.100.");
    }
}
