package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Answer;
import io.virtualwire.association.StreamMessage.Call;
import io.virtualwire.association.StreamMessage.Failure;
import io.virtualwire.association.StreamMessage.Relay;
import io.virtualwire.association.StreamMessage.Seen;
import io.virtualwire.control.Identity;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.transport.UnderlayAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads daemons of one tenant, which was granted that, to one another (docs/wire-protocol.md section 3.6).
 *
 * <pre>
 *   caller                     here                      callee
 *      ── TLS, relay{to} ──▶         ── call{from, ticket} ──▶      on its control stream
 *                                    ◀── TLS, answer{ticket} ──
 *      ◀── relayed ──                        ── relayed ──▶
 *      ◀════════ TLS between the two, hello … ═════════▶
 * </pre>
 *
 * <p>It dials nobody: the callee is one whose control stream is here. First owner thread only.
 */
final class RelayDesk {
    /** The word in {@code hello} for it. */
    static final String FEATURE = "relay";

    private static final Logger LOG = LoggerFactory.getLogger(RelayDesk.class);

    private final Executor owner;
    private final LongSupplier clock;
    private final long patience;
    private final Function<Identity, @Nullable Association> associations;
    private final Map<UUID, Waiting> waiting = new HashMap<>();
    private final List<Splice> splices = new ArrayList<>();
    private final Map<String, RelayPace> paces = new TreeMap<>();
    private TenantQuotas quotas = TenantQuotas.UNLIMITED;

    private record Waiting(ControlStream caller, Identity callee, long until) {}

    /** @param patience how long a callee may take to answer */
    RelayDesk(
            Executor owner, LongSupplier clock, long patience, Function<Identity, @Nullable Association> associations) {
        this.owner = owner;
        this.clock = clock;
        this.patience = patience;
        this.associations = associations;
    }

    void within(TenantQuotas tenants) {
        quotas = tenants;
    }

    void asked(ControlStream caller, Relay request) {
        String tenant = caller.peer().tenant();
        int most = quotas.relays(tenant);
        Association callee = associations.apply(request.to());
        if (most == 0 || !request.to().tenant().equals(tenant)) {
            refuse(caller, Failure.RELAY, "this daemon does not relay from " + caller.peer() + " to " + request.to());
        } else if (inUse(tenant) >= most) {
            refuse(caller, Failure.LIMIT, most + " connections of tenant " + tenant + " are relayed here already");
        } else {
            UUID ticket = UUID.randomUUID();
            if (callee == null || !callee.knows(FEATURE) || !callee.say(new Call(caller.peer(), ticket, true))) {
                refuse(caller, Failure.RELAY, request.to() + " is not connected here");
            } else {
                waiting.put(ticket, new Waiting(caller, request.to(), clock.getAsLong() + patience));
            }
        }
    }

    private void refuse(ControlStream stream, String code, String message) {
        stream.refuse(new Failure(code, message), owner);
    }

    void answered(ControlStream callee, Answer answer) {
        Waiting call = waiting.get(answer.ticket());
        if (call == null || !call.callee().equals(callee.peer())) {
            refuse(callee, Failure.RELAY, "nobody waits for that answer");
            return;
        }
        waiting.remove(answer.ticket());
        Splice splice = new Splice(call.caller(), callee);
        splices.add(splice);
        LOG.info("relaying between {} and {}", splice.caller(), splice.callee());
        splice.start(pace(splice.tenant()), owner, () -> {
            splices.remove(splice);
            LOG.info("no longer relaying between {} and {}", splice.caller(), splice.callee());
        });
    }

    private RelayPace pace(String tenant) {
        RelayPace pace = paces.computeIfAbsent(tenant, _ -> new RelayPace(clock));
        pace.limit(quotas.relayBytesPerSecond(tenant));
        return pace;
    }

    private long inUse(String tenant) {
        return splices.stream().filter(it -> it.tenant().equals(tenant)).count()
                + waiting.values().stream()
                        .filter(it -> it.callee().tenant().equals(tenant))
                        .count();
    }

    /** What each tenant has here. */
    List<RelayStatus> status() {
        return paces.entrySet().stream()
                .map(each -> new RelayStatus(
                        each.getKey(),
                        (int) splices.stream()
                                .filter(it -> it.tenant().equals(each.getKey()))
                                .count(),
                        each.getValue().bytes()))
                .toList();
    }

    /** Does what is due; called every few tens of milliseconds. */
    void tick() {
        long now = clock.getAsLong();
        waiting.values().removeIf(call -> {
            boolean over = now - call.until() >= 0;
            if (over) {
                refuse(call.caller(), Failure.RELAY, call.callee() + " does not answer");
            }
            return over;
        });
        for (Splice splice : List.copyOf(splices)) {
            pace(splice.tenant());
            if (quotas.relays(splice.tenant()) == 0 || splice.fault(now) != null) {
                splice.cut();
            } else {
                introduce(splice);
            }
        }
    }

    /** Tells each of the two where the other one is seen, so that they may find a way without this daemon. */
    private void introduce(Splice splice) {
        Association caller = associations.apply(splice.caller());
        Association callee = associations.apply(splice.callee());
        if (caller == null || callee == null) {
            return;
        }
        UnderlayAddress callersPlace = caller.direct();
        UnderlayAddress calleesPlace = callee.direct();
        if (callersPlace == null || calleesPlace == null) {
            return;
        }
        // To both at once, and each time that either changes: they have to try at the same time.
        List<Object> news = List.of(callersPlace, calleesPlace, caller.sessionsSoFar(), callee.sessionsSoFar());
        if (splice.isNews(news)) {
            caller.say(new Seen(splice.callee(), calleesPlace.toString(), true));
            callee.say(new Seen(splice.caller(), callersPlace.toString(), true));
        }
    }

    void close() {
        waiting.values().forEach(call -> call.caller().cut());
        waiting.clear();
        splices.forEach(Splice::cut);
    }
}
