package io.virtualwire.cloud.ec2;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * What things cost in an hour, in dollars, as far as that is known: that of an instance is what the person has named, whose contract may
 * not be AWS's list.
 */
final class Prices {
    /* The same in all commercial regions since February 2024: https://aws.amazon.com/vpc/pricing/. */
    private static final BigDecimal PUBLIC_ADDRESS = new BigDecimal("0.005");

    private final Ec2Settings settings;
    private final PriceList list;

    Prices(Ec2Settings settings, PriceList list) {
        this.settings = settings;
        this.list = list;
    }

    Optional<BigDecimal> instance(String type) {
        return settings.price()
                .filter(price -> type.equals(settings.type()))
                .or(() -> listed() ? list.instanceHour(type) : Optional.empty());
    }

    Optional<BigDecimal> volume(String type, int gibibytes) {
        return listed() ? list.volumeHour(type, gibibytes) : Optional.empty();
    }

    Optional<BigDecimal> publicAddress() {
        return listed() ? Optional.of(PUBLIC_ADDRESS) : Optional.empty();
    }

    /** The list is of the commercial regions, and in dollars. */
    private boolean listed() {
        return Partition.of(settings.region()).equals(Partition.COMMERCIAL);
    }
}
