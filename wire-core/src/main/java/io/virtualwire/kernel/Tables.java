package io.virtualwire.kernel;

import io.virtualwire.linux.BpfFileSystem;
import io.virtualwire.linux.BpfHash;
import io.virtualwire.linux.BpfLookup;
import io.virtualwire.linux.BpfProgram;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * The maps and programs, under their names:
 *
 * <pre>
 *   endpoints       index of a device → side
 *   indices         received VNI → leg
 *   sides, legs     their records
 *   board           what all have in common
 *   from_endpoint, from_underlay   the programs
 *   whole_2         the last one: a folder without it was not finished, or is of another release
 * </pre>
 */
final class Tables implements AutoCloseable {
    static final int MOST_SIDES = 16_384;
    static final int MOST_LEGS = 2 * MOST_SIDES;

    /* To be raised when a record or what a program expects of it changes. */
    private static final String WHOLE = "whole_2";
    private static final String ENDPOINTS = "vw_endpoints";
    private static final String INDICES = "vw_indices";
    static final String SIDES = "vw_sides";
    static final String LEGS = "vw_legs";
    /* With the number of the layout, as WHOLE has. */
    static final String BOARD = "vw_board_2";

    private final BpfFileSystem names;
    private final boolean isNew;
    private final BpfHash endpoints;
    private final BpfHash indices;
    private final Sides sides;
    private final Legs legs;
    private final Board board;

    private Tables(
            BpfFileSystem names,
            boolean isNew,
            BpfHash endpoints,
            BpfHash indices,
            Sides sides,
            Legs legs,
            Board board) {
        this.names = names;
        this.isNew = isNew;
        this.endpoints = endpoints;
        this.indices = indices;
        this.sides = sides;
        this.legs = legs;
        this.board = board;
    }

    /**
     * Finds them, or makes them.
     *
     * @param running which program carries frames; asked if the names are gone, as those of another mount namespace are
     */
    static Tables open(Path folder, Supplier<OptionalInt> running) {
        BpfFileSystem names = new BpfFileSystem(folder);
        names.mount();
        if (names.holds(WHOLE)) {
            return find(names);
        }
        OptionalInt program = running.get();
        Optional<Tables> left = program.isPresent() ? left(names, program.getAsInt()) : Optional.empty();
        return left.orElseGet(() -> make(names));
    }

    /** What a program uses that runs: forwarding goes on with it, under new names. */
    private static Optional<Tables> left(BpfFileSystem names, int program) {
        BpfLookup lookup = new BpfLookup();
        Map<String, BpfLookup.Found> maps = lookup.maps(program);
        BpfLookup.Found endpoints = maps.get(ENDPOINTS);
        BpfLookup.Found indices = maps.get(INDICES);
        BpfLookup.Found sides = maps.get(SIDES);
        BpfLookup.Found legs = maps.get(LEGS);
        BpfLookup.Found board = maps.get(BOARD);
        if (endpoints == null
                || indices == null
                || sides == null
                || legs == null
                || board == null
                || !Sides.fits(sides, MOST_SIDES)
                || !Legs.fits(legs, MOST_LEGS)
                || !Board.fits(board)) {
            lookup.close(maps);
            return Optional.empty();
        }
        names.clear();
        Tables found = new Tables(
                names,
                false,
                BpfHash.of(endpoints),
                BpfHash.of(indices),
                Sides.of(sides),
                Legs.of(legs),
                Board.of(board));
        found.pin();
        return Optional.of(found);
    }

    private static Tables find(BpfFileSystem names) {
        Path folder = names.folder();
        return new Tables(
                names,
                false,
                BpfHash.open(folder.resolve("endpoints")),
                BpfHash.open(folder.resolve("indices")),
                Sides.open(folder.resolve("sides"), MOST_SIDES),
                Legs.open(folder.resolve("legs"), MOST_LEGS),
                Board.open(folder.resolve("board")));
    }

    private static Tables make(BpfFileSystem names) {
        names.clear();
        try {
            return pinned(names);
        } catch (RuntimeException e) {
            names.unmount();
            throw e;
        }
    }

    private static Tables pinned(BpfFileSystem names) {
        Tables made = new Tables(
                names,
                true,
                BpfHash.create(ENDPOINTS, MOST_SIDES),
                BpfHash.create(INDICES, MOST_LEGS),
                Sides.create(MOST_SIDES),
                Legs.create(MOST_LEGS),
                Board.create());
        made.pin();
        return made;
    }

    private void pin() {
        Path folder = names.folder();
        ForwardingPrograms programs = new ForwardingPrograms(
                endpoints.descriptor(),
                indices.descriptor(),
                sides.descriptor(),
                legs.descriptor(),
                board.descriptor());
        try (BpfProgram out = BpfProgram.load("vw_from_endp", programs.fromEndpoint());
                BpfProgram in = BpfProgram.load("vw_from_under", programs.fromUnderlay())) {
            out.pin(fromEndpoint());
            in.pin(fromUnderlay());
        }
        endpoints.pin(folder.resolve("endpoints"));
        indices.pin(folder.resolve("indices"));
        sides.pin(folder.resolve("sides"));
        legs.pin(folder.resolve("legs"));
        board.pin(folder.resolve("board"));
        board.pin(folder.resolve(WHOLE));
    }

    /** Whether nothing was found here. */
    boolean isNew() {
        return isNew;
    }

    BpfHash endpoints() {
        return endpoints;
    }

    BpfHash indices() {
        return indices;
    }

    Sides sides() {
        return sides;
    }

    Legs legs() {
        return legs;
    }

    Board board() {
        return board;
    }

    Path fromEndpoint() {
        return names.folder().resolve("from_endpoint");
    }

    Path fromUnderlay() {
        return names.folder().resolve("from_underlay");
    }

    void demolish() {
        names.unmount();
    }

    @Override
    public void close() {
        endpoints.close();
        indices.close();
        sides.close();
        legs.close();
        board.close();
    }
}
