package io.virtualwire.testkit.fabric;

/**
 * Something that one daemon does to another, by the name under which a matrix of faults lists it.
 *
 * @param what what is said, sent or asked for, with the generations that tell one such step from the next
 */
public record Step(String what, String from, String to) {
    /** The name without numbers: what kind of step this is. */
    public String kind() {
        return what.replaceFirst(" .*", "");
    }

    @Override
    public String toString() {
        return what + " " + from + ">" + to;
    }
}
