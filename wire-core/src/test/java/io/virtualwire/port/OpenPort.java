package io.virtualwire.port;

/** A port that a test has opened, with whatever stands behind it. */
interface OpenPort extends AutoCloseable {
    Port port();

    @Override
    void close();
}
