package io.virtualwire.testkit.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongConsumer;

/**
 * Runs a scenario from many seeds: a few in the ordinary run, many with {@code -Dwire.long=true}, one with
 * {@code -Dwire.seed=N}.
 */
record Seeds(String scenario, int ordinary) {
    private static final int LONG_RUN_FACTOR = 40;

    /** Each weather in its turn. */
    static Weather weather(long seed) {
        return switch ((int) (seed % 3)) {
            case 0 -> Weather.FINE;
            case 1 -> Weather.GUSTY;
            default -> Weather.STORM;
        };
    }

    /** Every invariant was kept; and where the weather lost nothing, nothing was lost. */
    static void verifyAllDelivered(VirtualFabric fabric, long seed) {
        Tally tally = fabric.verify();
        if (weather(seed).lossPerMille() == 0) {
            assertThat(tally.delivered()).as("seed %d", seed).isEqualTo(tally.sent());
        }
    }

    void run(LongConsumer scenarioFromSeed) {
        Long one = Long.getLong("wire.seed");
        if (one != null) {
            scenarioFromSeed.accept(one);
            return;
        }
        int count = Boolean.getBoolean("wire.long") ? ordinary * LONG_RUN_FACTOR : ordinary;
        for (long seed = 1; seed <= count; seed++) {
            try {
                scenarioFromSeed.accept(seed);
            } catch (AssertionError | RuntimeException e) {
                AssertionError failure = new AssertionError(scenario + " failed with seed " + seed
                        + "; to run it alone: mvn -pl wire-testkit -am test -Dtest="
                        + scenario.replace('.', '#')
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dwire.seed=" + seed + "\n" + e.getMessage());
                failure.setStackTrace(e.getStackTrace());
                throw failure;
            }
        }
    }
}
