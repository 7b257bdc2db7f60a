package io.virtualwire.cli.provision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.cli.doctor.Finding;
import io.virtualwire.cli.doctor.Verdict;
import io.virtualwire.cli.doctor.VirtualizationCheck;
import io.virtualwire.client.ApiJson;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out whether guests run with KVM there, by starting one; that they do not is no reason to have no host. */
final class KvmStep implements HostStep {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String SUBJECT = "KVM";

    private final VirtualizationCheck here;
    private @Nullable String known;

    KvmStep(VirtualizationCheck here) {
        this.here = here;
    }

    @Override
    public Step reaches() {
        return Step.KVM_PROBED;
    }

    @Override
    public String take(Site site) {
        if (!site.record().wanted().vms()) {
            return "not tried: no virtual machines are to run there";
        }
        HostShell shell = site.shell();
        String found = shell.layout().shared() ? here() : there(shell);
        site.note(site.record().with(site.record().facts().withKvm(found)));
        return found;
    }

    /* Hosts that share this machine's files share its processor, so one guest is enough for all. */
    private synchronized String here() {
        if (known == null) {
            known = said(here.run());
        }
        return known;
    }

    private static String there(HostShell shell) {
        CommandResult result;
        try {
            // Its status tells of other things, too.
            result = shell.run(LIMIT, List.of("sh", "-c", "wire doctor -o json 2>/dev/null; true"));
        } catch (WireException e) {
            if (e.code() != ErrorCode.TIMEOUT) {
                throw e;
            }
            return "not tried: 'wire doctor' did not end within " + LIMIT.toSeconds() + " s";
        }
        try {
            for (JsonNode finding : ApiJson.lenient().readTree(result.output())) {
                if (finding.path("subject").asText().equals(SUBJECT)) {
                    return said(ApiJson.lenient().treeToValue(finding, Finding.class));
                }
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return "not tried: 'wire doctor' said " + result.output().strip();
        }
        return "not tried: 'wire doctor' said nothing of it";
    }

    private static String said(Finding finding) {
        return finding.verdict() == Verdict.OK ? finding.detail() : "emulation only: " + finding.detail();
    }
}
