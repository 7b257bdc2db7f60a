package io.virtualwire.cli.output;

/** In which form a command prints what it found. */
public enum OutputFormat {
    /** Aligned columns. */
    TABLE,
    /** One JSON document on standard output. */
    JSON
}
