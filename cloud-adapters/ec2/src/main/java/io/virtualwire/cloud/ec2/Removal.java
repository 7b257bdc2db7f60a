package io.virtualwire.cloud.ec2;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.waiters.Waiter;
import software.amazon.awssdk.core.waiters.WaiterAcceptor;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;

/**
 * Takes away everything of a host: looks what there is, by tag, does what can be done about it, and looks again until there is nothing.
 *
 * <p>That a security group cannot be deleted while an instance uses it tells of instances which are not listed yet.
 */
final class Removal {
    private final Ec2Access ec2;
    private final Tags tags;
    private final Instances instances;
    private final SecurityGroups groups;
    private final LoginKeys keys;

    Removal(Ec2Access ec2, Tags tags, Instances instances, SecurityGroups groups, LoginKeys keys) {
        this.ec2 = ec2;
        this.tags = tags;
        this.instances = instances;
        this.groups = groups;
        this.keys = keys;
    }

    /** @param known ids of what was made a moment ago and may not be listed yet */
    void remove(String host, Known known) {
        Waiter<List<String>> waiter = Waiter.<List<String>>builder(listOfText())
                .addAcceptor(WaiterAcceptor.successOnResponseAcceptor(List::isEmpty))
                .addAcceptor(WaiterAcceptor.retryOnResponseAcceptor(left -> !left.isEmpty()))
                .build();
        List<String> left = new ArrayList<>();
        try {
            waiter.run(
                    () -> {
                        left.clear();
                        left.addAll(pass(host, known));
                        return left;
                    },
                    ec2.waiting(ec2.pace().removal()));
        } catch (SdkException e) {
            if (e.getCause() instanceof WireException refusal) {
                throw new WireException(refusal.code(), refusal.getMessage() + remains(host, left), refusal.hint(), e);
            }
            throw new WireException(
                    ErrorCode.TIMEOUT,
                    "of host " + host + " in cloud " + tags.cloud() + " there is still left: "
                            + String.join(", ", left),
                    "run 'wire host rm " + host + "' again; 'wire cloud show " + tags.cloud() + "' lists what there is",
                    e);
        }
    }

    private static String remains(String host, List<String> left) {
        return left.isEmpty() ? "" : "; of host " + host + " there is still left: " + String.join(", ", left);
    }

    @SuppressWarnings("unchecked")
    private static Class<List<String>> listOfText() {
        return (Class<List<String>>) (Class<?>) List.class;
    }

    private List<String> pass(String host, Known known) {
        List<String> left = new ArrayList<>();
        boolean running = false;
        for (Instance instance : instances.remains(host)) {
            left.add("instance " + instance.instanceId());
            running = true;
            if (instance.state().name() != InstanceStateName.SHUTTING_DOWN) {
                instances.terminate(instance.instanceId());
            }
            known.instances().remove(instance.instanceId());
        }
        for (String id : List.copyOf(known.instances())) {
            left.add("instance " + id);
            running = true;
            instances.terminate(id);
            known.instances().remove(id);
        }
        keys.delete(host);
        List<String> found = new ArrayList<>(known.groups());
        groups.find(host)
                .map(SecurityGroup::groupId)
                .filter(id -> !found.contains(id))
                .ifPresent(found::add);
        for (String id : found) {
            if (running || !groups.delete(id, known.groups().contains(id))) {
                left.add("security group " + id);
            } else {
                known.groups().remove(id);
            }
        }
        return left;
    }

    /** What was made, as far as its id is known. */
    record Known(List<String> instances, List<String> groups) {
        static Known nothing() {
            return new Known(new ArrayList<>(), new ArrayList<>());
        }
    }
}
