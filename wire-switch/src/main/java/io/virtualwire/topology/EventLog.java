package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.FabricEventDraft;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The latest events of a fabric, and the requests with an idempotency key that are among them.
 *
 * @param last the number of the newest event; 0 before the first
 * @param recent the newest events, without a hole, the oldest first
 * @param requests by key: what was asked for with it; for as long as one of its events is among the recent ones
 */
public record EventLog(long last, List<FabricEvent> recent, Map<String, String> requests) {
    static final EventLog EMPTY = new EventLog(0, List.of(), Map.of());
    /* An event counts as much as it names wires, so that one that names ten thousand takes the place of many. */
    private static final int KEPT = 4096;

    public EventLog {
        recent = List.copyOf(recent);
        requests = Collections.unmodifiableMap(new TreeMap<>(requests));
    }

    /** The events after a number, as far as they are kept. */
    public List<FabricEvent> after(long sequence) {
        long from = sequence - oldest() + 1;
        return recent.subList(Math.clamp(from, 0, recent.size()), recent.size());
    }

    /** The number of the oldest event that is kept; one more than the last if there is none. */
    @JsonIgnore
    public long oldest() {
        return last - recent.size() + 1;
    }

    /** The event of a type that a request with this key brought about. */
    public Optional<FabricEvent> of(String key, String type) {
        return recent.stream()
                .filter(event -> event.key().equals(key) && event.type().equals(type))
                .findFirst();
    }

    /** Whether this very request was carried out already; a key that stands for another one is refused. */
    boolean has(FabricCommand.Stamped request) {
        String known = request.key().isEmpty() ? null : requests.get(request.key());
        if (known != null && !known.equals(request.digest())) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    "Idempotency key " + request.key() + " was used for another request",
                    "Take a new key for each thing that you want, and the same one to repeat it");
        }
        return known != null;
    }

    EventLog plus(List<FabricEventDraft> happened, FabricCommand.Stamped request) {
        if (happened.isEmpty()) {
            return this;
        }
        List<FabricEvent> all = new ArrayList<>(recent);
        long number = last;
        for (FabricEventDraft event : happened) {
            all.add(event.numbered(++number, request.at(), request.key()));
        }
        List<FabricEvent> kept = all.subList(firstKept(all), all.size());
        Map<String, String> asked = new HashMap<>(requests);
        if (!request.key().isEmpty()) {
            asked.put(request.key(), request.digest());
        }
        if (!asked.isEmpty()) {
            asked.keySet().retainAll(kept.stream().map(FabricEvent::key).toList());
        }
        return new EventLog(number, kept, asked);
    }

    private static int firstKept(List<FabricEvent> events) {
        int weight = 0;
        int first = events.size();
        while (first > 0) {
            FabricEvent event = events.get(first - 1);
            weight += 1 + event.added().size() + event.removed().size();
            if (weight > KEPT && first < events.size()) {
                break;
            }
            first--;
        }
        return first;
    }
}
