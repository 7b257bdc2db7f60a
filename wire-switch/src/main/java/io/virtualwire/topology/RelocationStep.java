package io.virtualwire.topology;

/**
 * One thing that a {@link Relocation} moves.
 *
 * @param name of the virtual machine or the component
 * @param from the host or node where it was when this was planned
 * @param to the host or node where it goes
 * @param crossingWires how many wires go from one cloud to another when this step is done, and those before it
 * @param crossingBytes a second that these carried when this was planned; -1 if nobody knows
 * @param generation of its move; 0 before that has begun
 * @param reason why it failed, or needed no move; empty otherwise
 */
public record RelocationStep(
        Kind kind,
        String name,
        String from,
        String to,
        int crossingWires,
        long crossingBytes,
        Status status,
        long generation,
        String reason) {

    /** What moves. */
    public enum Kind {
        MACHINE,
        COMPONENT
    }

    /** How far it is. */
    public enum Status {
        WAITING,
        MOVING,
        DONE,
        FAILED
    }

    /** One that is planned. */
    public static RelocationStep planned(
            Kind kind, String name, String from, String to, int crossingWires, long crossingBytes) {
        return new RelocationStep(kind, name, from, to, crossingWires, crossingBytes, Status.WAITING, 0, "");
    }

    RelocationStep begun(long of) {
        return new RelocationStep(kind, name, from, to, crossingWires, crossingBytes, Status.MOVING, of, "");
    }

    RelocationStep ended(Status how, String why) {
        return new RelocationStep(kind, name, from, to, crossingWires, crossingBytes, how, generation, why);
    }
}
