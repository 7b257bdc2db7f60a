package io.virtualwire.cloud.spi;

/**
 * What a command on a host did.
 *
 * @param status its exit status
 * @param output standard output and error, as they were interleaved
 */
public record CommandResult(int status, String output) {
    public boolean succeeded() {
        return status == 0;
    }
}
