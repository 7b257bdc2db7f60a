package io.virtualwire.topology;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What holds for members: who is let in, under which number, and who may leave. */
final class MemberRules {
    private final FabricState state;

    MemberRules(FabricState state) {
        this.state = state;
    }

    /** Those that a node's file names, as far as nothing else was agreed on. */
    FabricState found(FabricCommand.FoundMembers found) {
        Members members = state.members();
        for (MemberRecord member : found.members()) {
            boolean isNew =
                    !members.contains(member.name()) && !members.departed().containsKey(member.name());
            if (isNew && member.number() > 0 && fits(members, member)) {
                members = members.with(member);
            }
        }
        return state.withMembers(members);
    }

    private static boolean fits(Members members, MemberRecord member) {
        return members.present().values().stream()
                .noneMatch(known ->
                        known.number() == member.number() || known.identity().equals(member.identity()));
    }

    /** One that asks; who is a member already only says where it is now. */
    FabricState admit(FabricCommand.AdmitMember admit) {
        MemberRecord asks = admit.member();
        Members members = state.members();
        MemberRecord known = members.present().get(asks.name());
        if (known != null) {
            if (!known.identity().equals(asks.identity())) {
                throw new WireException(
                        ErrorCode.ALREADY_EXISTS,
                        "cannot take " + asks.identity() + " in as node " + asks.name() + ": that is "
                                + known.identity(),
                        "choose another name, or take that one out with 'wire node rm " + asks.name() + "'");
            }
            return state.withMembers(members.with(asks.numbered(known.number())));
        }
        members.present().values().stream()
                .filter(other -> other.identity().equals(asks.identity()))
                .findFirst()
                .ifPresent(other -> {
                    throw new WireException(
                            ErrorCode.ALREADY_EXISTS,
                            "cannot take " + asks.identity() + " in as node " + asks.name() + ": it is node "
                                    + other.name(),
                            "start it under that name");
                });
        return state.withMembers(members.with(asks.numbered(number(members, asks.name()))));
    }

    /** Its former one, one that nobody had, or one whose owner is gone, in this order. */
    private static int number(Members members, String name) {
        return IntStream.concat(
                        IntStream.concat(
                                IntStream.of(members.departed().getOrDefault(name, 0)),
                                numbers().filter(it -> !members.departed().containsValue(it))),
                        numbers())
                .filter(it -> it > 0 && members.present().values().stream().noneMatch(known -> known.number() == it))
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.WRONG_STATE,
                        "cannot take " + name + " in: a fabric has at most " + MemberRecord.HIGHEST + " nodes",
                        "take one out with 'wire node rm'"));
    }

    private static IntStream numbers() {
        return IntStream.rangeClosed(1, MemberRecord.HIGHEST);
    }

    /** One that leaves, which holds nothing; who is none leaves nothing. */
    FabricState dismiss(FabricCommand.DismissMember dismiss) {
        String name = dismiss.node();
        MemberRecord member = state.members().present().get(name);
        if (member == null) {
            return state;
        }
        if (state.members().present().size() == 1) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot take node " + name + " out: it is the only one",
                    "end its process; its folder is the fabric");
        }
        state.claims().values().stream()
                .filter(claim -> claim.owner().equals(name)
                        || claim.move().filter(move -> move.to().equals(name)).isPresent())
                .findFirst()
                .ifPresent(claim -> {
                    throw new WireException(
                            ErrorCode.IN_USE,
                            "cannot take node " + name + " out: it has switch " + claim.component()
                                    + (claim.owner().equals(name) ? "" : ", which moves there"),
                            "empty it first: wire node drain " + name);
                });
        Map<String, NodeRecord> nodes = new TreeMap<>(state.nodes());
        nodes.remove(name);
        return state.withNodes(nodes).withMembers(state.members().without(member));
    }

    /** Whoever was taken out does not come back by being started. */
    void requireMember(String name) {
        if (!state.members().present().isEmpty() && !state.members().contains(name)) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "node " + name + " is no member of this fabric",
                    "have it ask to be one: start it with --join");
        }
    }
}
