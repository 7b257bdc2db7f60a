package io.virtualwire.cloud.ec2.standin;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What can be done with instances. Their machines come and go in the background, as in EC2. */
final class InstanceActions {
    private final Account account;
    private final Clock clock;
    private final InstanceBacking backing;
    private final Executor background;
    private final Runnable networkChanged;
    private final LaunchCheck check;
    private final Map<String, Instance> byToken = new HashMap<>();
    private final Map<String, String> requestOfToken = new HashMap<>();

    InstanceActions(
            Account account,
            Clock clock,
            InstanceBacking backing,
            Executor background,
            Runnable networkChanged,
            LaunchCheck check) {
        this.account = account;
        this.clock = clock;
        this.backing = backing;
        this.background = background;
        this.networkChanged = networkChanged;
        this.check = check;
    }

    Instance find(String id) {
        return Account.find(account.instances(), id, "InvalidInstanceID.NotFound", "instance ID");
    }

    Consumer<Answer> run(Parameters request) {
        String token = request.text("ClientToken").orElse("");
        Instance known = byToken.get(token);
        if (!token.isEmpty() && known != null) {
            if (!request.canonical().equals(requestOfToken.get(token))) {
                throw ApiError.of(
                        "IdempotentParameterMismatch",
                        "The client token " + token + " was used before with other parameters.");
            }
            return answer -> reservation(answer, List.of(known));
        }
        Instance.Launch launch = check.check(request);
        String zone = launch.subnet().zone();
        Instance.Volume volume = LaunchCheck.volume(account.id("vol"), request, zone, request.tags("volume"));
        Instance instance = new Instance(
                account.id("i"),
                account.lag(),
                launch,
                account.id("r"),
                account.privateAddress(launch.subnet()),
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                volume);
        volume.instance = instance.id();
        if (launch.publicAddress()) {
            instance.publicAddress = account.publicAddress();
        }
        account.instances().put(instance.id(), instance);
        account.volumes().put(volume.id(), volume);
        byToken.put(token, instance);
        requestOfToken.put(token, request.canonical());
        boot(instance);
        return answer -> reservation(answer, List.of(instance));
    }

    private void boot(Instance instance) {
        InstanceBacking.Machine machine = account.machine(instance);
        background.execute(() -> {
            String failure = "";
            try {
                backing.start(machine);
            } catch (RuntimeException e) {
                failure = "Server.InternalError: " + e.getMessage();
            }
            synchronized (account) {
                if (instance.state != Instance.State.PENDING) {
                    return;
                }
                if (failure.isEmpty()) {
                    instance.become(Instance.State.RUNNING);
                    networkChanged.run();
                } else {
                    instance.reason = failure;
                    end(instance);
                }
            }
        });
    }

    Consumer<Answer> describe(Parameters request) {
        List<String> ids = request.list("InstanceId");
        ids.forEach(this::find);
        List<Instance> found = Account.filtered(account.instances().values(), request.filters()).stream()
                .filter(instance -> ids.isEmpty() || ids.contains(instance.id()))
                .toList();
        Map<String, List<Instance>> reservations = new LinkedHashMap<>();
        found.forEach(instance -> reservations
                .computeIfAbsent(instance.reservation, any -> new ArrayList<>())
                .add(instance));
        return answer -> answer.items("reservationSet", reservations.values(), InstanceActions::reservation);
    }

    private static void reservation(Answer answer, List<Instance> instances) {
        answer.value("reservationId", instances.getFirst().reservation);
        answer.value("ownerId", Account.OWNER);
        answer.items("instancesSet", instances, InstanceActions::describe);
    }

    private static void describe(Answer item, Instance instance) {
        Instance.Launch launch = instance.launch;
        item.value("instanceId", instance.id());
        item.value("imageId", launch.image());
        state(item, "instanceState", instance.state);
        if (launch.keyName() != null) {
            item.value("keyName", launch.keyName());
        }
        item.value("instanceType", launch.type().id());
        item.value("launchTime", instance.launched);
        item.structure("placement", placement -> {
            placement.value("availabilityZone", launch.subnet().zone());
            placement.value("tenancy", "default");
        });
        if (!instance.reason.isEmpty()) {
            item.structure("stateReason", reason -> {
                reason.value("code", "Server.InternalError");
                reason.value("message", instance.reason);
            });
        }
        if (instance.state != Instance.State.TERMINATED) {
            item.value("subnetId", launch.subnet().id());
            item.value("vpcId", launch.subnet().vpc());
            item.value("privateIpAddress", instance.privateAddress);
            if (instance.publicAddress != null) {
                item.value("ipAddress", instance.publicAddress);
            }
            item.items("groupSet", launch.groups(), (group, member) -> {
                group.value("groupId", member.id());
                group.value("groupName", member.name);
            });
        }
        item.value("sourceDestCheck", true);
        item.value("architecture", launch.type().architecture);
        item.value("rootDeviceType", "ebs");
        item.value("rootDeviceName", "/dev/xvda");
        item.value("clientToken", launch.token());
        item.tags(instance.tags());
        item.structure("cpuOptions", cpu -> cpu.value("nestedVirtualization", launch.nested()));
        item.structure("metadataOptions", metadata -> {
            metadata.value("state", "applied");
            metadata.value("httpTokens", launch.httpTokens());
            metadata.value("httpPutResponseHopLimit", launch.hopLimit());
            metadata.value("httpEndpoint", "enabled");
        });
    }

    private static void state(Answer answer, String name, Instance.State state) {
        answer.structure(name, inside -> {
            inside.value("code", state.code);
            inside.value("name", state.word);
        });
    }

    Consumer<Answer> stop(Parameters request) {
        List<Instance> chosen = chosen(request);
        for (Instance instance : chosen) {
            if (!instance.exists()) {
                throw wrong(instance, "stopped");
            }
            if (instance.state != Instance.State.STOPPED && instance.state != Instance.State.STOPPING) {
                instance.become(Instance.State.STOPPING);
                if (!elastic(instance)) {
                    instance.publicAddress = null;
                }
                networkChanged.run();
                background.execute(() -> {
                    backing.stop(instance.id());
                    synchronized (account) {
                        if (instance.state == Instance.State.STOPPING) {
                            instance.become(Instance.State.STOPPED);
                        }
                    }
                });
            }
        }
        return changes(chosen);
    }

    Consumer<Answer> start(Parameters request) {
        List<Instance> chosen = chosen(request);
        for (Instance instance : chosen) {
            if (instance.state != Instance.State.STOPPED && instance.state != Instance.State.RUNNING) {
                throw wrong(instance, "started");
            }
            if (instance.state == Instance.State.STOPPED) {
                instance.become(Instance.State.PENDING);
                if (instance.publicAddress == null && instance.launch.publicAddress()) {
                    instance.publicAddress = account.publicAddress();
                }
                boot(instance);
            }
        }
        return changes(chosen);
    }

    Consumer<Answer> terminate(Parameters request) {
        List<Instance> chosen = chosen(request);
        chosen.stream().filter(Instance::exists).forEach(this::end);
        return changes(chosen);
    }

    private void end(Instance instance) {
        instance.become(Instance.State.SHUTTING_DOWN);
        instance.publicAddress = null;
        account.addresses().values().stream()
                .filter(address -> instance.id().equals(address.instance))
                .forEach(address -> address.instance = null);
        networkChanged.run();
        background.execute(() -> {
            backing.remove(instance.id());
            synchronized (account) {
                instance.become(Instance.State.TERMINATED);
                Instance.Volume volume = instance.volume;
                if (volume != null) {
                    volume.instance = null;
                    if (volume.deletedWithInstance) {
                        account.volumes().remove(volume.id());
                    }
                }
            }
        });
    }

    private boolean elastic(Instance instance) {
        return account.addresses().values().stream()
                .anyMatch(address -> instance.id().equals(address.instance));
    }

    private List<Instance> chosen(Parameters request) {
        return request.list("InstanceId").stream().map(this::find).toList();
    }

    private static ApiError wrong(Instance instance, String what) {
        return ApiError.of(
                "IncorrectInstanceState",
                "The instance '" + instance.id() + "' is not in a state from which it can be " + what + ": "
                        + instance.state.word);
    }

    private static Consumer<Answer> changes(List<Instance> instances) {
        return answer -> answer.items("instancesSet", instances, (item, instance) -> {
            item.value("instanceId", instance.id());
            state(item, "currentState", instance.state);
            state(item, "previousState", instance.before);
        });
    }

    Consumer<Answer> console(Parameters request) {
        Instance instance = find(request.require("InstanceId"));
        String output = backing.console(instance.id());
        return answer -> {
            answer.value("instanceId", instance.id());
            answer.value("timestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS));
            answer.value(
                    "output",
                    Base64.getEncoder().encodeToString(output.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        };
    }
}
