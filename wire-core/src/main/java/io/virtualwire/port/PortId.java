package io.virtualwire.port;

/** The name of a port, unique in its daemon: an endpoint's name, or a component's name and port. */
public record PortId(String name) implements Comparable<PortId> {
    public PortId {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a port needs a name");
        }
    }

    @Override
    public int compareTo(PortId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
