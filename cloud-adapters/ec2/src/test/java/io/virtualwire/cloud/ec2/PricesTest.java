package io.virtualwire.cloud.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.ec2.standin.Faults.Refusal;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.HostOrder;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an hour costs, as AWS's own list has it. */
final class PricesTest {
    @TempDir
    Path folder;

    private Lab lab;

    @BeforeEach
    void open() {
        lab = Lab.withoutMachines(folder);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void aHostIsAnInstanceAnAddressAndAVolume() {
        try (Ec2CloudAdapter cloud = lab.adapter("disk", "16")) {
            assertThat(cloud.dollarsPerHour()).contains(new BigDecimal("0.127000"));

            cloud.launch(HostOrder.of("one"));

            assertThat(cloud.resources())
                    .extracting(CloudResource::dollarsPerHour)
                    .contains(new BigDecimal("0.12"), new BigDecimal("0.005"), new BigDecimal("0.002000"));
        }
    }

    @Test
    void whatThePersonPaysGoesFirst() {
        try (Ec2CloudAdapter cloud = lab.adapter("price", "0.07", "disk", "16")) {
            assertThat(cloud.dollarsPerHour()).contains(new BigDecimal("0.077000"));
        }
    }

    @Test
    void whatTheListDoesNotHaveIsNotKnown() {
        try (Ec2CloudAdapter cloud = lab.adapter("instance-type", "r8i.large")) {
            assertThat(cloud.dollarsPerHour()).isEmpty();
        }
    }

    @Test
    void whatTheListHasTwiceIsNotKnown() {
        try (Ec2CloudAdapter cloud = lab.adapter("instance-type", "c8i.large")) {
            assertThat(cloud.dollarsPerHour()).isEmpty();
        }
    }

    @Test
    void whoeverMayNotAskGetsEverythingButPrices() {
        lab.standIn.faults().next("GetProducts", 1, new Refusal(400, "AccessDeniedException", "not authorized"));
        try (Ec2CloudAdapter cloud = lab.adapter()) {
            cloud.launch(HostOrder.of("one"));

            assertThat(cloud.resources())
                    .filteredOn(resource -> resource.kind().equals("instance"))
                    .extracting(resource -> Optional.ofNullable(resource.dollarsPerHour()))
                    .containsExactly(Optional.empty());
        }
    }

    @Test
    void otherPartitionsAreNotAskedAbout() {
        try (Ec2CloudAdapter cloud = lab.adapter("region", "cn-north-1")) {
            assertThat(cloud.dollarsPerHour()).isEmpty();
        }
        assertThat(lab.standIn.requests()).isEmpty();
    }
}
