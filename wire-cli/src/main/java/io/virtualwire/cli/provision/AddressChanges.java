package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Asks clouds where their hosts are now. */
final class AddressChanges {
    private final HostRecords records;
    private final CloudBook clouds;

    AddressChanges(HostRecords records, CloudBook clouds) {
        this.records = records;
        this.clouds = clouds;
    }

    /** Those of that cloud that run, and elsewhere than is noted. One that does not run has no address that would mean anything. */
    List<AddressChange> in(String cloud) {
        List<HostRecord> mine = records.all().stream()
                .filter(record -> record.cloud().equals(cloud) && record.isPast(Step.READY))
                .toList();
        if (mine.isEmpty()) {
            return List.of();
        }
        List<AddressChange> changes = new ArrayList<>();
        try (CloudAdapter adapter = clouds.open(cloud)) {
            Map<String, CloudHost> running = adapter.hosts().stream()
                    .filter(host -> host.state() == HostState.RUNNING)
                    .collect(Collectors.toMap(CloudHost::name, Function.identity()));
            for (HostRecord record : mine) {
                CloudHost host = running.get(record.name());
                String noted = record.facts().address();
                String now = host == null ? noted : host.address().getHostAddress();
                if (noted != null && now != null && !now.equals(noted)) {
                    changes.add(new AddressChange(record, noted, now));
                }
            }
        }
        return changes;
    }
}
