package io.virtualwire.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.virtualwire.control.Generation;
import io.virtualwire.control.WireId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A wire that the fabric has agreed on: side A at the component's port, side B at the host's endpoint.
 *
 * @param id never used for another wire: one that is removed and wanted again gets a new one
 * @param component the component at whose port side A is
 * @param endpoint the endpoint's name on its host
 * @param hostSpec where that host's connector is; kept here so that the wire can be removed when the host is gone from
 *     the topology
 * @param farGeneration the generation of side B
 * @param arrived whether side B began as a standby, when what it belongs to moved there
 * @param fenced whether every other place of side B is shut out, because it was to move, and may not have heard that it does not
 * @param next where side B is to be, while what it belongs to moves there
 * @param last where side B was, while it drains there
 * @param standbys where side B stands by, because what it belongs to may appear there; those no newer than side B are worth nothing
 */
public record WireRecord(
        WireId id,
        String component,
        String port,
        String endpoint,
        String host,
        HostSpec hostSpec,
        long farGeneration,
        boolean plain,
        boolean arrived,
        boolean fenced,
        Optional<WirePlace> next,
        Optional<WirePlace> last,
        List<WirePlace> standbys) {

    @SuppressWarnings("OptionalAssignedToNull") // A snapshot of a release that had none of them.
    public WireRecord {
        next = next == null ? Optional.empty() : next;
        last = last == null ? Optional.empty() : last;
        standbys = standbys == null ? List.of() : List.copyOf(standbys);
    }

    /** A wire whose far side stays where it is. */
    public WireRecord(
            WireId id,
            String component,
            String port,
            String endpoint,
            String host,
            HostSpec hostSpec,
            long farGeneration,
            boolean plain) {
        this(
                id,
                component,
                port,
                endpoint,
                host,
                hostSpec,
                farGeneration,
                plain,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    /** How people call this wire: {@code switch/port}. */
    public String name() {
        return component + "/" + port;
    }

    /** The generation of the host's side. */
    @JsonIgnore
    public Generation farSideGeneration() {
        return new Generation(farGeneration, "");
    }

    /** The host's side as it was at a place that what it belongs to has left, or never came to. */
    WireRecord left(WirePlace place) {
        return new WireRecord(id, component, port, endpoint, place.host(), place.hostSpec(), place.generation(), plain);
    }

    boolean isFor(WireSpec spec, String at) {
        return endpoint.equals(spec.endpoint().name()) && host.equals(at) && plain == spec.plain();
    }

    WireRecord renewed(long generation) {
        return new WireRecord(
                id,
                component,
                port,
                endpoint,
                host,
                hostSpec,
                generation,
                plain,
                false,
                fenced,
                Optional.empty(),
                Optional.empty(),
                standbys);
    }

    WireRecord at(HostSpec moved) {
        return with(host, moved, farGeneration, arrived, fenced, next, last);
    }

    /** What it belongs to is to move there. */
    WireRecord movingTo(WirePlace place) {
        return with(host, hostSpec, farGeneration, arrived, fenced, Optional.of(place), last);
    }

    /** Where side B may be next, in the order of its generations there: where it is going, and where it stands by. */
    @JsonIgnore
    public List<WirePlace> ahead() {
        List<WirePlace> places = new ArrayList<>();
        next.ifPresent(places::add);
        standbys.stream()
                .filter(place -> place.generation() > farGeneration
                        && !place.host().equals(host)
                        && next.filter(going ->
                                        going.host().equals(place.host()) || going.generation() >= place.generation())
                                .isEmpty())
                .forEach(places::add);
        places.sort(Comparator.comparing(WirePlace::generation));
        return List.copyOf(places);
    }

    /** Where side B stands by at this host, in vain or not. */
    Optional<WirePlace> standbyAt(String where) {
        return standbys.stream().filter(place -> place.host().equals(where)).findFirst();
    }

    WireRecord standingBy(List<WirePlace> places) {
        return new WireRecord(
                id,
                component,
                port,
                endpoint,
                host,
                hostSpec,
                farGeneration,
                plain,
                arrived,
                fenced,
                next,
                last,
                places);
    }

    WireRecord notStandingByAt(String where) {
        return standingBy(
                standbys.stream().filter(place -> !place.host().equals(where)).toList());
    }

    /** What it belongs to is there. */
    WireRecord moved() {
        return next.map(place -> notStandingByAt(place.host())
                        .with(
                                place.host(),
                                place.hostSpec(),
                                place.generation(),
                                true,
                                false,
                                Optional.empty(),
                                Optional.of(new WirePlace(host, hostSpec, farGeneration))))
                .orElse(this);
    }

    /** What it belongs to stays. */
    WireRecord stayed() {
        return with(host, hostSpec, farGeneration, arrived, fenced, Optional.empty(), last);
    }

    /** What it belongs to stays, and is connected anew at this generation, which shuts out where it was to be. */
    WireRecord stayedAnew(long generation) {
        return with(host, hostSpec, generation, false, true, Optional.empty(), last);
    }

    /** Nothing is at the place that it came from. */
    WireRecord drained() {
        return with(host, hostSpec, farGeneration, arrived, fenced, next, Optional.empty());
    }

    private WireRecord with(
            String where,
            HostSpec spec,
            long generation,
            boolean moved,
            boolean fencing,
            Optional<WirePlace> going,
            Optional<WirePlace> gone) {
        return new WireRecord(
                id, component, port, endpoint, where, spec, generation, plain, moved, fencing, going, gone, standbys);
    }
}
