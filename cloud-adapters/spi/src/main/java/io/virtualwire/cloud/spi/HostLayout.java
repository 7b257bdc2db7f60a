package io.virtualwire.cloud.spi;

/**
 * Where things lie on a host.
 *
 * @param shared whether the host sees the files of the machine that asks: then that machine's {@code wire} runs there, and no
 *     package is installed
 * @param configuration the folder of the daemons' configuration and tokens
 * @param state the folder of what daemons keep
 */
public record HostLayout(boolean shared, String configuration, String state) {
    /** As the package has it. */
    public static final HostLayout PACKAGED = new HostLayout(false, "/etc/virtualwire", "/var/lib/virtualwire");
}
