package io.virtualwire.cloud.ec2;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * What things cost in an hour, in dollars, as far as that is known: AWS's prices differ by region, type and contract, so that of an
 * instance is the one that the person has named.
 */
record Prices(Ec2Settings settings) {
    /* The same in all commercial regions since February 2024: https://aws.amazon.com/vpc/pricing/. */
    private static final BigDecimal PUBLIC_ADDRESS = new BigDecimal("0.005");

    /** Of the type that instances have unless somebody asks for another. */
    Optional<BigDecimal> instance(String type) {
        return settings.price().filter(price -> type.equals(settings.type()));
    }

    Optional<BigDecimal> publicAddress() {
        return Partition.of(settings.region()).equals(Partition.COMMERCIAL)
                ? Optional.of(PUBLIC_ADDRESS)
                : Optional.empty();
    }
}
