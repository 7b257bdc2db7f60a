package io.virtualwire.cloud.ec2.standin;

import io.virtualwire.cloud.ec2.standin.InstanceBacking.Opening;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What can be done with security groups. */
final class GroupActions {
    private static final int MOST_RULES = 60;

    private final Account account;
    private final Runnable networkChanged;

    GroupActions(Account account, Runnable networkChanged) {
        this.account = account;
        this.networkChanged = networkChanged;
    }

    Group find(String id) {
        return Account.find(account.groups(), id, "InvalidGroup.NotFound", "security group");
    }

    Consumer<Answer> create(Parameters request) {
        String name = request.require("GroupName");
        String description = request.require("GroupDescription");
        String vpc = request.text("VpcId").orElse(Catalogue.VPC);
        if (name.startsWith("sg-") || name.length() > 255) {
            throw ApiError.invalid("GroupName", name, "It cannot start with sg-, and has at most 255 characters.");
        }
        if (!description.matches("[a-zA-Z0-9. _\\-:/()#,@\\[\\]+=&;{}!$*]{1,255}")) {
            throw ApiError.invalid("GroupDescription", description, "Character sets beyond ASCII are not supported.");
        }
        if (!vpc.equals(Catalogue.VPC)) {
            throw ApiError.of("InvalidVpcID.NotFound", "The vpc ID '" + vpc + "' does not exist");
        }
        if (account.groups().values().stream().anyMatch(group -> group.name.equals(name))) {
            throw ApiError.of(
                    "InvalidGroup.Duplicate", "The security group '" + name + "' already exists for VPC '" + vpc + "'");
        }
        Group group =
                new Group(account.id("sg"), request.tags("security-group"), account.lag(), name, description, vpc);
        account.groups().put(group.id(), group);
        return answer -> {
            answer.value("return", true);
            answer.value("groupId", group.id());
            answer.tags(group.tags());
        };
    }

    Consumer<Answer> describe(Parameters request) {
        List<String> ids = request.list("GroupId");
        List<String> names = request.list("GroupName");
        ids.forEach(this::find);
        for (String name : names) {
            if (account.groups().values().stream().noneMatch(group -> group.name.equals(name))) {
                throw ApiError.of("InvalidGroup.NotFound", "The security group '" + name + "' does not exist");
            }
        }
        List<Group> found = Account.filtered(account.groups().values(), request.filters()).stream()
                .filter(group -> ids.isEmpty() || ids.contains(group.id()))
                .filter(group -> names.isEmpty() || names.contains(group.name))
                .toList();
        return answer -> answer.items("securityGroupInfo", found, (item, group) -> {
            item.value("ownerId", Account.OWNER);
            item.value("groupId", group.id());
            item.value("groupName", group.name);
            item.value("groupDescription", group.description);
            item.value("vpcId", group.vpc);
            item.items("ipPermissions", permissions(group).entrySet(), (permission, ranges) -> {
                permission.value("ipProtocol", ranges.getKey().protocol());
                if (ranges.getKey().from() >= 0) {
                    permission.value("fromPort", ranges.getKey().from());
                    permission.value("toPort", ranges.getKey().to());
                }
                permission.items("ipRanges", family(ranges.getValue(), false), GroupActions::range);
                permission.items("ipv6Ranges", family(ranges.getValue(), true), GroupActions::range);
            });
            item.items("ipPermissionsEgress", List.of("0.0.0.0/0"), (permission, all) -> {
                permission.value("ipProtocol", "-1");
                permission.items("ipRanges", List.of(all), (range, cidr) -> range.value("cidrIp", cidr));
            });
            item.tags(group.tags());
        });
    }

    private static List<Map.Entry<String, String>> family(Map<String, String> ranges, boolean six) {
        return ranges.entrySet().stream()
                .filter(range -> range.getKey().contains(":") == six)
                .toList();
    }

    private static void range(Answer item, Map.Entry<String, String> range) {
        item.value(range.getKey().contains(":") ? "cidrIpv6" : "cidrIp", range.getKey());
        if (!range.getValue().isEmpty()) {
            item.value("description", range.getValue());
        }
    }

    /* EC2 tells ranges of one protocol and port together. */
    private static Map<Opening, Map<String, String>> permissions(Group group) {
        Map<Opening, Map<String, String>> permissions = new LinkedHashMap<>();
        group.openings.forEach((opening, description) -> permissions
                .computeIfAbsent(
                        new Opening(opening.protocol(), opening.from(), opening.to(), ""), any -> new LinkedHashMap<>())
                .put(opening.cidr(), description));
        return permissions;
    }

    Consumer<Answer> authorize(Parameters request) {
        Group group = find(request.require("GroupId"));
        Map<Opening, String> wanted = openings(request);
        for (Opening opening : wanted.keySet()) {
            if (group.openings.containsKey(opening)) {
                throw ApiError.of(
                        "InvalidPermission.Duplicate",
                        "the specified rule \"peer: " + opening.cidr() + ", " + opening.protocol() + ", from port: "
                                + opening.from() + ", to port: " + opening.to() + ", ALLOW\" already exists");
            }
        }
        if (group.openings.size() + wanted.size() > MOST_RULES) {
            throw ApiError.of(
                    "RulesPerSecurityGroupLimitExceeded",
                    "The maximum number of rules per security group has been reached.");
        }
        group.openings.putAll(wanted);
        networkChanged.run();
        return answer -> {
            answer.value("return", true);
            answer.items("securityGroupRuleSet", wanted.keySet(), (item, opening) -> {
                item.value("securityGroupRuleId", account.id("sgr"));
                item.value("groupId", group.id());
                item.value("groupOwnerId", Account.OWNER);
                item.value("isEgress", false);
                item.value("ipProtocol", opening.protocol());
                item.value("fromPort", opening.from());
                item.value("toPort", opening.to());
                item.value(opening.cidr().contains(":") ? "cidrIpv6" : "cidrIpv4", opening.cidr());
            });
        };
    }

    Consumer<Answer> revoke(Parameters request) {
        Group group = find(request.require("GroupId"));
        Map<Opening, String> gone = openings(request);
        for (Opening opening : gone.keySet()) {
            if (!group.openings.containsKey(opening)) {
                throw ApiError.of(
                        "InvalidPermission.NotFound",
                        "The specified rule does not exist in this security group: " + opening);
            }
        }
        group.openings.keySet().removeAll(gone.keySet());
        networkChanged.run();
        return answer -> answer.value("return", true);
    }

    private static Map<Opening, String> openings(Parameters request) {
        List<Parameters> permissions = request.structures("IpPermissions");
        if (permissions.isEmpty()) {
            throw ApiError.missing("IpPermissions");
        }
        Map<Opening, String> openings = new LinkedHashMap<>();
        for (Parameters permission : permissions) {
            String protocol = permission.require("IpProtocol");
            boolean ports = protocol.equals("tcp") || protocol.equals("udp");
            int from = ports ? Integer.parseInt(permission.require("FromPort")) : -1;
            int to = ports ? Integer.parseInt(permission.require("ToPort")) : -1;
            if (ports && (from < 0 || to > 65_535 || from > to)) {
                throw ApiError.invalid("portRange", from + "-" + to, "The port range is not valid.");
            }
            List<Parameters> ranges = new ArrayList<>(permission.structures("IpRanges"));
            ranges.addAll(permission.structures("Ipv6Ranges"));
            if (ranges.isEmpty()) {
                throw ApiError.missing("IpRanges");
            }
            for (Parameters range : ranges) {
                String cidr = range.text("CidrIp").orElseGet(() -> range.require("CidrIpv6"));
                openings.put(
                        new Opening(protocol, from, to, cidr),
                        range.text("Description").orElse(""));
            }
        }
        return openings;
    }

    Consumer<Answer> delete(Parameters request) {
        Group group = find(request.require("GroupId"));
        boolean used = account.instances().values().stream()
                .anyMatch(instance -> instance.state != Instance.State.TERMINATED
                        && instance.launch.groups().contains(group));
        if (used) {
            throw ApiError.of("DependencyViolation", "resource " + group.id() + " has a dependent object");
        }
        account.groups().remove(group.id());
        return answer -> {
            answer.value("return", true);
            answer.value("groupId", group.id());
        };
    }
}
