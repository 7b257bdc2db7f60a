package io.virtualwire.cloud.ec2.standin;

import java.util.List;
import java.util.function.Consumer;

/** What can be done with Elastic IP addresses, and what is told of volumes. */
final class AddressActions {
    private final Account account;
    private final InstanceActions instances;
    private final Runnable networkChanged;

    AddressActions(Account account, InstanceActions instances, Runnable networkChanged) {
        this.account = account;
        this.instances = instances;
        this.networkChanged = networkChanged;
    }

    Consumer<Answer> allocate(Parameters request) {
        ElasticAddress address =
                new ElasticAddress(account.id("eipalloc"), request.tags("elastic-ip"), account.publicAddress());
        account.addresses().put(address.id(), address);
        return answer -> {
            answer.value("publicIp", address.address);
            answer.value("domain", "vpc");
            answer.value("allocationId", address.id());
        };
    }

    /** The instance's own public address is given up for it. */
    Consumer<Answer> associate(Parameters request) {
        ElasticAddress address = find(request.require("AllocationId"));
        Instance instance = instances.find(request.require("InstanceId"));
        if (!instance.exists()) {
            throw ApiError.of(
                    "IncorrectInstanceState", "The instance '" + instance.id() + "' is " + instance.state.word);
        }
        address.instance = instance.id();
        instance.publicAddress = address.address;
        networkChanged.run();
        return answer -> {
            answer.value("return", true);
            answer.value("associationId", account.id("eipassoc"));
        };
    }

    Consumer<Answer> release(Parameters request) {
        ElasticAddress address = find(request.require("AllocationId"));
        if (address.instance != null) {
            throw ApiError.of("InvalidIPAddress.InUse", "Address " + address.address + " is in use.");
        }
        account.addresses().remove(address.id());
        return answer -> answer.value("return", true);
    }

    Consumer<Answer> describe(Parameters request) {
        List<String> ids = request.list("AllocationId");
        List<String> addresses = request.list("PublicIp");
        ids.forEach(this::find);
        List<ElasticAddress> found = Account.filtered(account.addresses().values(), request.filters()).stream()
                .filter(address -> ids.isEmpty() || ids.contains(address.id()))
                .filter(address -> addresses.isEmpty() || addresses.contains(address.address))
                .toList();
        return answer -> answer.items("addressesSet", found, (item, address) -> {
            item.value("allocationId", address.id());
            item.value("publicIp", address.address);
            item.value("domain", "vpc");
            if (address.instance != null) {
                item.value("instanceId", address.instance);
            }
            item.tags(address.tags());
        });
    }

    private ElasticAddress find(String id) {
        return Account.find(account.addresses(), id, "InvalidAllocationID.NotFound", "allocation ID");
    }

    Consumer<Answer> describeVolumes(Parameters request) {
        List<String> ids = request.list("VolumeId");
        ids.forEach(id -> Account.find(account.volumes(), id, "InvalidVolume.NotFound", "volume"));
        List<Instance.Volume> found = Account.filtered(account.volumes().values(), request.filters()).stream()
                .filter(volume -> ids.isEmpty() || ids.contains(volume.id()))
                .toList();
        return answer -> answer.items("volumeSet", found, (item, volume) -> {
            item.value("volumeId", volume.id());
            item.value("size", volume.gibibytes);
            item.value("volumeType", volume.type);
            item.value("availabilityZone", volume.zone);
            item.value("encrypted", volume.encrypted);
            item.value("status", volume.instance == null ? "available" : "in-use");
            item.items(
                    "attachmentSet",
                    volume.instance == null ? List.<String>of() : List.of(volume.instance),
                    (at, id) -> {
                        at.value("volumeId", volume.id());
                        at.value("instanceId", id);
                        at.value("device", "/dev/xvda");
                        at.value("status", "attached");
                        at.value("deleteOnTermination", volume.deletedWithInstance);
                    });
            item.tags(volume.tags());
        });
    }
}
