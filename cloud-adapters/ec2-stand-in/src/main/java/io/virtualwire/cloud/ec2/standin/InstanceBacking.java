package io.virtualwire.cloud.ec2.standin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the stand-in's instances are made of.
 *
 * <ol>
 *   <li>{@link #start} returns when the machine runs; it may be called again after {@link #stop}, with another public address.
 *   <li>{@link #remove} leaves nothing of the machine, whatever state it is in, and is idempotent.
 *   <li>{@link #network} tells who may reach whom; it is called after every change, also before a machine's start is over.
 *   <li>{@link #network} and {@link #console} may be called while another call is under way.
 * </ol>
 */
public interface InstanceBacking extends AutoCloseable {

    /** Makes the machine if it is not there, and starts it. */
    void start(Machine machine);

    /** Ends what runs on it; its disk stays. */
    void stop(String id);

    /** Removes it and its disk. */
    void remove(String id);

    /** The machines that have a network now, with what may reach them. */
    void network(List<Machine> machines);

    /** What its serial console has said so far. */
    String console(String id);

    /** Removes everything that it made. */
    @Override
    void close();

    /**
     * An instance as its backing has to make it.
     *
     * @param id of the instance
     * @param privateAddress for as long as it exists
     * @param publicAddress by which those outside of the cloud reach it, null if it has none
     * @param userData of the first boot, decoded; empty if there is none
     * @param publicKey in OpenSSH's format, of whom it lets log in; empty if there is none
     * @param openings what its security groups let in; nothing else comes in, everything goes out
     */
    record Machine(
            String id,
            String privateAddress,
            @Nullable String publicAddress,
            byte[] userData,
            String publicKey,
            List<Opening> openings) {}

    /**
     * What a security group lets in.
     *
     * @param protocol tcp, udp, icmp, or -1 for all
     * @param from the first port; -1 for all
     * @param to the last port
     * @param cidr where from
     */
    record Opening(String protocol, int from, int to, String cidr) {}

    /** Machines that are nowhere: what there is to test is the API alone. */
    static InstanceBacking none() {
        return new InstanceBacking() {
            @Override
            public void start(Machine machine) {}

            @Override
            public void stop(String id) {}

            @Override
            public void remove(String id) {}

            @Override
            public void network(List<Machine> machines) {}

            @Override
            public String console(String id) {
                return "";
            }

            @Override
            public void close() {}
        };
    }
}
