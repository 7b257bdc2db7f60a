package io.virtualwire.node;

import io.virtualwire.association.AssociationStatus;
import io.virtualwire.association.Way;
import io.virtualwire.client.ComponentView;
import io.virtualwire.control.Identity;
import io.virtualwire.port.DropReason;
import io.virtualwire.stack.StackDrops;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A data path that carries one wire of switch lan, and nothing moves.
 *
 * @param trouble what is wrong with the wire; empty if nothing is
 */
record QuietDataPath(boolean deciding, String trouble) implements NodeStanding.DataPath {
    @Override
    public List<AssociationStatus> associations() {
        return List.of(new AssociationStatus(
                new Identity("acme", "h1"),
                true,
                Optional.of("192.0.2.1:7471"),
                Way.DIRECT,
                Optional.of(Duration.ofMillis(5)),
                1472,
                false,
                List.of(),
                Map.of(DropReason.REPLAYED, 2L),
                List.of(),
                0,
                Optional.empty()));
    }

    @Override
    public StackDrops drops() {
        return new StackDrops(Map.of(DropReason.REPLAYED, 1L), Map.of(), Map.of(), 4);
    }

    @Override
    public List<NodeStanding.Held> held() {
        ComponentView.Port port = new ComponentView.Port(
                "web",
                "web@h1",
                "1",
                trouble.isEmpty(),
                trouble,
                "",
                "db",
                1,
                98,
                2,
                196,
                0,
                Map.of("storm", 5L),
                Map.of("replayed", 7L));
        ComponentView lan =
                new ComponentView("lan", "switch", "east", 1, "", "deciding", List.of(port), List.of(), Map.of());
        return List.of(new NodeStanding.Held(lan, deciding));
    }
}
