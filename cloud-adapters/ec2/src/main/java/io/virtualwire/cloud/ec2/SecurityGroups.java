package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.spi.Admission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.model.CreateSecurityGroupRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupsRequest;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;

/** One security group for each host, because each has other peers. What goes out is not filtered. */
final class SecurityGroups {
    private static final String DESCRIPTION =
            "VirtualWire: data and control from known peers, SSH from who launched it";
    private static final int SSH = 22;
    /* Where whoever launched a host comes in: SSH, and what the daemons offer to commands. */
    private static final List<Integer> FROM_CALLER = List.of(SSH, 7472, 7482);

    private final Ec2Access ec2;
    private final Tags tags;

    SecurityGroups(Ec2Access ec2, Tags tags) {
        this.ec2 = ec2;
        this.tags = tags;
    }

    /** What comes in: where from, to which port. */
    private record Opening(String protocol, int port, String cidr) {}

    List<SecurityGroup> all() {
        return ec2.ask(
                "list security groups",
                () -> ec2
                        .client()
                        .describeSecurityGroupsPaginator(DescribeSecurityGroupsRequest.builder()
                                .filters(tags.filters())
                                .build())
                        .securityGroups()
                        .stream()
                        .toList());
    }

    Optional<SecurityGroup> find(String host) {
        return ec2
                .ask(
                        "look up the security group of host " + host,
                        () -> ec2.client()
                                .describeSecurityGroups(DescribeSecurityGroupsRequest.builder()
                                        .filters(tags.filters(Tags.ofHost(host)))
                                        .build()))
                .securityGroups()
                .stream()
                .findFirst();
    }

    /** The id of the host's group, which is made if there is none, and lets nobody in but for SSH. */
    String ensure(String host, String vpc, Cidr sshFrom, Consumer<String> made) {
        Optional<SecurityGroup> known = find(host);
        if (known.isPresent() && known.get().vpcId().equals(vpc)) {
            open(host, known.get(), fromCaller(sshFrom), false);
            return known.get().groupId();
        }
        known.ifPresent(elsewhere -> delete(elsewhere.groupId(), false));
        String id = create(host, vpc);
        made.accept(id);
        ec2.ask(
                "wait for the security group of host " + host,
                () -> ec2.client()
                        .waiter()
                        .waitUntilSecurityGroupExists(
                                byId(id), ec2.waiting(ec2.pace().removal())));
        authorize(host, id, fromCaller(sshFrom));
        return id;
    }

    private String create(String host, String vpc) {
        CreateSecurityGroupRequest request = CreateSecurityGroupRequest.builder()
                .groupName(tags.nameOf(host))
                .description(DESCRIPTION)
                .vpcId(vpc)
                .tagSpecifications(tags.on(ResourceType.SECURITY_GROUP, host))
                .build();
        return ec2.ask("make a security group for host " + host, () -> {
            try {
                return ec2.client().createSecurityGroup(request).groupId();
            } catch (Ec2Exception e) {
                // Its answer was lost, and it was asked again.
                if (!Ec2Access.codeOf(e).equals("InvalidGroup.Duplicate")) {
                    throw e;
                }
                return ec2.client()
                        .waiter()
                        .waitUntilSecurityGroupExists(
                                DescribeSecurityGroupsRequest.builder()
                                        .filters(
                                                Tags.filter("group-name", tags.nameOf(host)),
                                                Tags.filter("vpc-id", vpc))
                                        .build(),
                                ec2.waiting(ec2.pace().removal()))
                        .matched()
                        .response()
                        .orElseThrow(() -> e)
                        .securityGroups()
                        .getFirst()
                        .groupId();
            }
        });
    }

    private static DescribeSecurityGroupsRequest byId(String id) {
        return DescribeSecurityGroupsRequest.builder().groupIds(id).build();
    }

    private static Map<Opening, String> fromCaller(Cidr from) {
        Map<Opening, String> openings = new LinkedHashMap<>();
        FROM_CALLER.forEach(port -> openings.put(new Opening("tcp", port, from.toString()), "whoever launched it"));
        return openings;
    }

    /** Lets exactly these in, and whoever launched it as before. */
    void admit(String host, SecurityGroup group, Set<Admission> peers) {
        Map<Opening, String> wanted = new LinkedHashMap<>();
        peers.forEach(peer -> wanted.put(
                new Opening(
                        peer.protocol().name().toLowerCase(Locale.ROOT),
                        peer.port(),
                        Cidr.of(peer.address()).toString()),
                peer.peer()));
        open(host, group, wanted, true);
    }

    private void open(String host, SecurityGroup group, Map<Opening, String> wanted, boolean exactly) {
        Map<Opening, String> open = openings(group);
        Map<Opening, String> missing = new LinkedHashMap<>(wanted);
        missing.keySet().removeAll(open.keySet());
        // Who is still welcome is let in before who is not is kept out.
        if (!missing.isEmpty()) {
            authorize(host, group.groupId(), missing);
        }
        Map<Opening, String> superfluous = new LinkedHashMap<>(open);
        superfluous.keySet().removeAll(wanted.keySet());
        List<String> callers = open.keySet().stream()
                .filter(opening -> opening.port == SSH && opening.protocol.equals("tcp"))
                .map(Opening::cidr)
                .toList();
        superfluous
                .keySet()
                .removeIf(opening -> opening.protocol.equals("tcp")
                        && FROM_CALLER.contains(opening.port)
                        && callers.contains(opening.cidr));
        if (exactly && !superfluous.isEmpty()) {
            ec2.ask("revoke rules of host " + host, () -> {
                try {
                    return ec2.client()
                            .revokeSecurityGroupIngress(request ->
                                    request.groupId(group.groupId()).ipPermissions(permissions(superfluous, false)));
                } catch (Ec2Exception e) {
                    return ignore(e, "InvalidPermission.NotFound");
                }
            });
        }
    }

    private void authorize(String host, String group, Map<Opening, String> openings) {
        ec2.ask("let peers of host " + host + " in", () -> {
            try {
                return ec2.patient()
                        .authorizeSecurityGroupIngress(
                                request -> request.groupId(group).ipPermissions(permissions(openings, true)));
            } catch (Ec2Exception e) {
                return ignore(e, "InvalidPermission.Duplicate");
            }
        });
    }

    /* It was done by a request whose answer was lost. */
    private static Object ignore(Ec2Exception e, String code) {
        if (!Ec2Access.codeOf(e).equals(code)) {
            throw e;
        }
        return e;
    }

    private static List<IpPermission> permissions(Map<Opening, String> openings, boolean described) {
        List<IpPermission> permissions = new ArrayList<>();
        openings.forEach((opening, peer) -> {
            IpPermission.Builder permission = IpPermission.builder()
                    .ipProtocol(opening.protocol)
                    .fromPort(opening.port)
                    .toPort(opening.port);
            if (opening.cidr.contains(":")) {
                permission.ipv6Ranges(Ipv6Range.builder()
                        .cidrIpv6(opening.cidr)
                        .description(described ? peer : null)
                        .build());
            } else {
                permission.ipRanges(IpRange.builder()
                        .cidrIp(opening.cidr)
                        .description(described ? peer : null)
                        .build());
            }
            permissions.add(permission.build());
        });
        return permissions;
    }

    /* What lets several ports or whole groups in is none of ours, and is left alone. */
    private static Map<Opening, String> openings(SecurityGroup group) {
        Map<Opening, String> openings = new LinkedHashMap<>();
        for (IpPermission permission : group.ipPermissions()) {
            Integer port = permission.fromPort();
            if (port != null && port.equals(permission.toPort())) {
                permission
                        .ipRanges()
                        .forEach(range -> openings.put(new Opening(permission.ipProtocol(), port, range.cidrIp()), ""));
                permission
                        .ipv6Ranges()
                        .forEach(range ->
                                openings.put(new Opening(permission.ipProtocol(), port, range.cidrIpv6()), ""));
            }
        }
        return openings;
    }

    /**
     * Deletes it if nothing uses it any more.
     *
     * @param fresh whether it was made a moment ago, so that it may exist though EC2 does not know it yet
     */
    boolean delete(String id, boolean fresh) {
        return ec2.ask("delete security group " + id, () -> {
            try {
                (fresh ? ec2.patient() : ec2.client()).deleteSecurityGroup(request -> request.groupId(id));
                return true;
            } catch (Ec2Exception e) {
                return switch (Ec2Access.codeOf(e)) {
                    case "InvalidGroup.NotFound" -> true;
                    case "DependencyViolation" -> false;
                    default -> throw e;
                };
            }
        });
    }
}
