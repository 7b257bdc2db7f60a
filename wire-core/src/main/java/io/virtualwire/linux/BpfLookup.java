package io.virtualwire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the maps of an eBPF program that runs somewhere, also if nobody has given them names in a file system.
 *
 * <pre>
 * struct bpf_prog_info   … | number of maps 32 (offset 52) | their ids, address 64 (56) | …
 * struct bpf_map_info    kind 32 | id 32 | key bytes 32 | value bytes 32 | entries 32 | flags 32 | name 16 × 8 | …
 * </pre>
 */
public final class BpfLookup {
    private static final int PROGRAM_BY_ID = 13;
    private static final int MAP_BY_ID = 14;
    private static final int INFORMATION = 15;
    private static final int PROGRAM_BYTES = 232;
    private static final int MAP_COUNT = 52;
    private static final int MAP_IDS = 56;
    private static final int MAP_BYTES = 88;
    private static final int VALUE_BYTES = 12;
    private static final int ENTRIES = 16;
    private static final int NAME = 24;
    private static final int NAME_BYTES = 16;
    private static final int MOST_MAPS = 64;

    private final Bpf bpf = new Bpf();

    /**
     * A map that is open.
     *
     * @param descriptor becomes whose who takes it
     */
    public record Found(int descriptor, int valueBytes, int entries) {}

    /** Opens the maps of the program with this number, by their names; none if there is no such program. */
    public Map<String, Found> maps(int program) {
        Map<String, Found> found = new HashMap<>();
        for (int id : ids(program)) {
            int descriptor = byId(MAP_BY_ID, id);
            if (descriptor >= 0) {
                describe(descriptor, found);
            }
        }
        return found;
    }

    /** Closes what nobody takes. */
    public void close(Map<String, Found> maps) {
        maps.values().forEach(map -> bpf.calls().close(map.descriptor()));
    }

    private List<Integer> ids(int program) {
        int descriptor = byId(PROGRAM_BY_ID, program);
        if (descriptor < 0) {
            return List.of();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment information = arena.allocate(PROGRAM_BYTES, Long.BYTES);
            MemorySegment ids = arena.allocate(JAVA_INT, MOST_MAPS);
            information.set(JAVA_INT, MAP_COUNT, MOST_MAPS);
            information.set(ADDRESS, MAP_IDS, ids);
            List<Integer> found = new ArrayList<>();
            if (inform(arena, descriptor, information)) {
                int count = Math.min(MOST_MAPS, information.get(JAVA_INT, MAP_COUNT));
                for (int i = 0; i < count; i++) {
                    found.add(ids.getAtIndex(JAVA_INT, i));
                }
            }
            return found;
        } finally {
            bpf.calls().close(descriptor);
        }
    }

    private void describe(int descriptor, Map<String, Found> found) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment information = arena.allocate(MAP_BYTES, Long.BYTES);
            Optional<String> name =
                    inform(arena, descriptor, information) ? Optional.of(name(information)) : Optional.empty();
            if (name.isEmpty() || found.containsKey(name.get())) {
                bpf.calls().close(descriptor);
                return;
            }
            found.put(
                    name.get(),
                    new Found(descriptor, information.get(JAVA_INT, VALUE_BYTES), information.get(JAVA_INT, ENTRIES)));
        }
    }

    private static String name(MemorySegment information) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < NAME_BYTES; i++) {
            byte letter = information.get(JAVA_BYTE, NAME + i);
            if (letter == 0) {
                break;
            }
            name.append((char) letter);
        }
        return name.toString();
    }

    private boolean inform(Arena arena, int descriptor, MemorySegment information) {
        MemorySegment attributes = Bpf.attributes(arena);
        attributes.set(JAVA_INT, 0, descriptor);
        attributes.set(JAVA_INT, 4, (int) information.byteSize());
        attributes.set(ADDRESS, 8, information);
        return bpf.calls().bpf(INFORMATION, attributes) >= 0;
    }

    private int byId(int command, int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = Bpf.attributes(arena);
            attributes.set(JAVA_INT, 0, id);
            return bpf.calls().bpf(command, attributes);
        }
    }
}
