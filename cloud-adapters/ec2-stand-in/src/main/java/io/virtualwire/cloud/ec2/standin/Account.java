package io.virtualwire.cloud.ec2.standin;

import io.virtualwire.cloud.ec2.standin.InstanceBacking.Machine;
import io.virtualwire.cloud.ec2.standin.InstanceBacking.Opening;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What there is in the account. Whoever uses it holds its lock. */
final class Account {
    static final String OWNER = "123456789012";

    private final Map<String, Instance> instances = new LinkedHashMap<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final Map<String, KeyPair> keys = new LinkedHashMap<>();
    private final Map<String, Instance.Volume> volumes = new LinkedHashMap<>();
    private final Map<String, ElasticAddress> addresses = new LinkedHashMap<>();

    private final SecureRandom random = new SecureRandom();
    private final String publicPrefix;
    private final Faults faults;
    private int nextPublic = 9;
    private int nextPrivate = 3;

    /** @param publicPrefix the first three numbers of its public addresses, with a dot at the end */
    Account(String publicPrefix, Faults faults) {
        this.publicPrefix = publicPrefix;
        this.faults = faults;
    }

    Map<String, Instance> instances() {
        return instances;
    }

    Map<String, Group> groups() {
        return groups;
    }

    Map<String, KeyPair> keys() {
        return keys;
    }

    Map<String, Instance.Volume> volumes() {
        return volumes;
    }

    Map<String, ElasticAddress> addresses() {
        return addresses;
    }

    int lag() {
        return faults.lag();
    }

    String id(String prefix) {
        byte[] bits = new byte[9];
        random.nextBytes(bits);
        return prefix + "-0" + HexFormat.of().formatHex(bits).substring(0, 16);
    }

    /** Another one at every call, so that whoever holds on to an old one notices. */
    String publicAddress() {
        nextPublic++;
        if (nextPublic > 250) {
            throw ApiError.of("AddressLimitExceeded", "There are no more public addresses");
        }
        return publicPrefix + nextPublic;
    }

    String privateAddress(Catalogue.Subnet subnet) {
        nextPrivate++;
        String network = subnet.cidr().substring(0, subnet.cidr().lastIndexOf('.') + 1);
        return network + nextPrivate;
    }

    /** A thing by its id, as far as it is seen yet. */
    static <T extends Thing> T find(Map<String, T> things, String id, String code, String what) {
        return Optional.ofNullable(things.get(id))
                .filter(Thing::seen)
                .orElseThrow(() -> ApiError.of(code, "The " + what + " '" + id + "' does not exist"));
    }

    static <T extends Thing> List<T> filtered(Collection<T> things, Map<String, List<String>> filters) {
        return things.stream()
                .filter(thing -> thing.matches(filters))
                .filter(Thing::seen)
                .toList();
    }

    /** The machines that have a network. */
    List<Machine> network() {
        List<Machine> machines = new ArrayList<>();
        for (Instance instance : instances.values()) {
            if (instance.state == Instance.State.PENDING || instance.state == Instance.State.RUNNING) {
                machines.add(machine(instance));
            }
        }
        return machines;
    }

    Machine machine(Instance instance) {
        List<Opening> openings = instance.launch.groups().stream()
                .flatMap(group -> group.openings.keySet().stream())
                .distinct()
                .toList();
        return new Machine(
                instance.id(),
                instance.privateAddress,
                instance.publicAddress,
                instance.launch.userData(),
                instance.launch.publicKey(),
                openings);
    }
}
