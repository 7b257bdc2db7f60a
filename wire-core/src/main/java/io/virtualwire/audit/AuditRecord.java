package io.virtualwire.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Optional;

/**
 * One change that somebody asked for, and what came of it. Bodies are not in it, so no secret can be.
 *
 * @param time when it was over, as in ISO 8601
 * @param caller who asked, {@code tenant/name}; {@code local} for who has the machine
 * @param from the address it came from; empty for {@code local}
 * @param operation what was asked, by its name in the interface's contract
 * @param target on what
 * @param outcome {@code done}, {@code refused} or {@code failed}
 * @param code why it was refused or failed
 * @param key the caller's idempotency key
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({"time", "caller", "from", "operation", "target", "outcome", "code", "key"})
public record AuditRecord(
        String time,
        String caller,
        String from,
        String operation,
        String target,
        String outcome,
        Optional<String> code,
        Optional<String> key) {}
