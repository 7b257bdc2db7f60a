package io.virtualwire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever REST can do the event bus and the command can, too, or it is said here why not. */
final class FacesTest {
    /** By the operation's name in the contract: the bus's address and the command, or, behind a #, why there is none. */
    private record Faces(String operation, String bus, String command) {}

    private static final String ITSELF = "# is about the interface itself";
    private static final String SCRAPED = "# is for Prometheus, which speaks HTTP";
    private static final String CARRIED =
            "# lists are carried by who revokes, by the authority and by peers, and need no fabric";
    private static final String NO_PERSON = "# a step of something that a person asks for as a whole";
    private static final String CTRL_C = "# Ctrl-C of the command that began it";

    private static final List<Faces> CONNECTOR = List.of(
            new Faces("openapi", ITSELF, ITSELF),
            new Faces("health", "connectors.health", "doctor"),
            new Faces("metrics", SCRAPED, SCRAPED),
            new Faces("version", "connectors.version", "# programs ask before they use what is new"),
            new Faces("listEndpoints", "connectors.endpoints.list", "endpoint ls"),
            new Faces("putEndpoint", "connectors.endpoints.put", "endpoint add web"),
            new Faces("removeEndpoint", "connectors.endpoints.remove", "endpoint rm web"),
            new Faces("listWires", "connectors.wires.list", "ls"),
            new Faces("showWire", "connectors.wires.show", "show web@hosta"),
            new Faces("showFence", "connectors.wires.fence", NO_PERSON),
            new Faces("connect", "connectors.wires.connect", "connect web@hosta db@hostb"),
            new Faces("disconnect", "connectors.wires.disconnect", "disconnect web@hosta"),
            new Faces("activate", "connectors.wires.activate", NO_PERSON),
            new Faces("listAssociations", "connectors.associations.list", "doctor"),
            new Faces("reload", "connectors.reload", "connector reload --enforce"),
            new Faces("bringRevocations", CARRIED, "identity revoke hostb"),
            new Faces("drainStatus", "connectors.drain.show", "connector drain --show"),
            new Faces("drain", "connectors.drain", "connector drain"),
            new Faces("cancelDrain", "connectors.drain", "connector drain --cancel"));

    private static final List<Faces> NODE = List.of(
            new Faces("openapi", ITSELF, ITSELF),
            new Faces("health", "node.health", "# 'wire switch ls' says which nodes are present"),
            new Faces("metrics", SCRAPED, SCRAPED),
            new Faces("fabric", "fabric.show", "switch ls"),
            new Faces("listComponents", "components.list", "switch ls"),
            new Faces("showComponent", "components.show", "switch show lan"),
            new Faces("migrate", "components.migrate", "migrate lan --to west"),
            new Faces("nodeDrain", "nodes.show", "node drain west --show"),
            new Faces("drainNode", "nodes.drain", "node drain west"),
            new Faces("undoDrainNode", "nodes.drain", "node drain west --undo"),
            new Faces("dismissNode", "nodes.dismiss", "node rm west"),
            new Faces("listVms", "vms.list", "vm ls"),
            new Faces("showVm", "vms.show", "vm show web1"),
            new Faces("attachVm", "vms.attach", "vm attach web1 --host hosta"),
            new Faces("detachVm", "vms.detach", "vm detach web1"),
            new Faces("followVm", "vms.follow", "vm follow web1"),
            new Faces("migrateVm", "vms.migrate", "migrate web1 --to hostb"),
            new Faces("giveUpVmMigration", "vms.abort", CTRL_C),
            new Faces(
                    "showRelocation",
                    "relocation.show",
                    "# the command that began it, given again, goes on and shows it"),
            new Faces("beginRelocation", "relocation.begin", "migrate --all --from east --to west"),
            new Faces("stopRelocation", "relocation.stop", CTRL_C),
            new Faces("planRelocation", "relocation.plan", "migrate --all --from east --to west --plan"),
            new Faces("wantedTopology", "topology.show", "export"),
            new Faces("applyTopology", "topology.apply", "apply -f net.yaml"),
            new Faces("listWires", "wires.list", "switch show lan"),
            new Faces("events", "events.read", "watch"),
            new Faces("reload", "node.reload", "node reload"),
            new Faces("bringRevocations", CARRIED, "identity revoke hostb"));

    /** Addresses for which REST has another way. */
    private static final Map<String, String> BUS_ALONE = Map.of(
            "switches.create", "applyTopology with expectedVersion, as 'wire switch create' does it",
            "switches.remove", "applyTopology with expectedVersion, as 'wire switch rm' does it");

    @Test
    void everyOperationIsHereWithItsFaces() throws IOException {
        assertThat(names(CONNECTOR)).isEqualTo(operations("connector/api/connector.yaml"));
        assertThat(names(NODE)).isEqualTo(operations("node/node.yaml"));
    }

    @Test
    void everyAddressIsDocumentedAndEveryDocumentedOneHasAnOperation() throws IOException {
        String table = Files.readString(Path.of("../docs/event-bus.md")).split("\\| address `virtualwire")[1];
        Set<String> documented = table.lines()
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .flatMap(line -> Pattern.compile("`([a-z.]+)`")
                        .matcher(line.split("\\|")[1])
                        .results()
                        .map(address -> address.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> reached = new TreeSet<>(BUS_ALONE.keySet());
        said(Faces::bus).forEach(reached::add);
        assertThat(documented).isEqualTo(reached);
    }

    @Test
    void everyCommandIsOne() {
        said(Faces::command).forEach(line -> Main.commandLine().parseArgs(line.split(" ")));
    }

    private static Stream<String> said(Function<Faces, String> face) {
        return Stream.concat(CONNECTOR.stream(), NODE.stream()).map(face).filter(it -> !it.startsWith("#"));
    }

    private static Set<String> names(List<Faces> faces) {
        Set<String> names = new TreeSet<>();
        faces.forEach(
                it -> assertThat(names.add(it.operation())).as(it.operation()).isTrue());
        return names;
    }

    private static Set<String> operations(String contract) throws IOException {
        try (InputStream text = Objects.requireNonNull(Main.class.getResourceAsStream("/io/virtualwire/" + contract))) {
            Set<String> names = new HashSet<>();
            for (JsonNode path : new YAMLMapper().readTree(text).path("paths")) {
                path.findValuesAsText("operationId").forEach(names::add);
            }
            return new TreeSet<>(names);
        }
    }
}
