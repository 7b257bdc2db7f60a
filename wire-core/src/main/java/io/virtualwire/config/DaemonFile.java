package io.virtualwire.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the configuration file of every daemon may say. */
public interface DaemonFile {
    /** What the daemon is called. */
    Optional<String> name();

    /** Its credentials. */
    Optional<Path> identity();

    /** The token that makes it a member, once. */
    Optional<String> enrol();

    /** For how many seconds it asks an authority that does not answer. */
    Optional<Integer> enrolTimeout();

    /** Its address on the underlay. */
    Optional<String> listen();

    /** Where its interface listens. */
    Optional<Integer> apiPort();

    /** What it remembers. */
    Optional<Path> state();

    /** Where it notes who changed what. */
    Optional<Path> audit();

    Optional<LogLevel> logLevel();

    Optional<LogFormat> logFormat();

    /** Certificates of further authorities that are believed. */
    List<Path> trust();
}
