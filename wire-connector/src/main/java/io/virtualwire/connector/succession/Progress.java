package io.virtualwire.connector.succession;

/** Told of every {@link Stage} when it is reached; a test kills the process there. */
@FunctionalInterface
public interface Progress {
    void reached(Stage stage);
}
