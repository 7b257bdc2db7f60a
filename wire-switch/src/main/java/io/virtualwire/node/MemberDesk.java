package io.virtualwire.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.client.HostAddress;
import io.virtualwire.cluster.JoinDesk;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Applied;
import io.virtualwire.log.FabricLog;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.MemberRecord;
import io.virtualwire.topology.Members;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in nodes that ask to be members.
 *
 * <p>Who may ask: whoever proves, by a certificate of the tenant's authority, to be {@code node-NAME}, which is what nodes are enrolled
 * as, and says to be node NAME.
 */
final class MemberDesk implements JoinDesk {
    /** How the identities of nodes begin. */
    static final String ROLE = "node-";

    private static final int MOST_ADDRESSES = 8;
    private static final Logger LOG = LoggerFactory.getLogger(MemberDesk.class);
    private static final JsonMapper JSON = ApiJson.lenient();

    private final String tenant;
    private final NodeMembers members;
    private final CompletableFuture<FabricLog<FabricCommand, FabricState>> log = new CompletableFuture<>();

    MemberDesk(String tenant, NodeMembers members) {
        this.tenant = tenant;
        this.members = members;
    }

    /** Questions wait for this. */
    void opens(FabricLog<FabricCommand, FabricState> opened) {
        log.complete(opened);
    }

    @Override
    public boolean hears(Identity asker) {
        return asker.tenant().equals(tenant) && asker.name().startsWith(ROLE);
    }

    @Override
    public String answer(Identity asker, String text) {
        JoinAnswer answer;
        try {
            JoinQuestion question = JSON.readValue(text, JoinQuestion.class);
            answer = new JoinAnswer(null, admitted(asker, Objects.requireNonNull(question, "null")));
        } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
            answer = refusal(new WireException(
                    ErrorCode.BAD_REQUEST, "this is no question of a node: " + e.getMessage(), "run the same release"));
        } catch (CompletionException e) {
            answer = refusal(
                    e.getCause() instanceof WireException known
                            ? known
                            : new WireException(ErrorCode.INTERNAL, "cannot answer: " + e.getCause(), ""));
        } catch (WireException e) {
            answer = refusal(e);
        }
        try {
            return JSON.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            LOG.error("Cannot answer {}", asker, e);
            return "";
        }
    }

    private static JoinAnswer refusal(WireException why) {
        return new JoinAnswer(ErrorBody.of(why), List.of());
    }

    private List<MemberRecord> admitted(Identity asker, JoinQuestion question) {
        MemberRecord asks = new MemberRecord(question.name(), asker, 0, callable(question.addresses()));
        if (!log.isDone()) {
            throw new WireException(ErrorCode.UNAVAILABLE, "this node is just starting", "ask again");
        }
        FabricLog<FabricCommand, FabricState> opened = log.join();
        Members known = opened.current().state().members();
        if (!isWho(known, asks)) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "cannot take " + asker + " in as node " + asks.name() + ": it proves to be another",
                    "start it under the name that it was enrolled for, which is node-NAME");
        }
        // First of all: as long as a member is called where it was, there may be no majority to agree on anything.
        members.isAt(asks);
        // Without it nobody could be numbered.
        known = opened.append(new FabricCommand.FoundMembers(members.founders()))
                .join()
                .state()
                .members();
        if (question.again() && !known.contains(asks.name())) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "node " + asks.name() + " was taken out of the fabric",
                    "to have it join anew, empty its state folder and start it with --join");
        }
        Applied<FabricState> applied =
                opened.append(new FabricCommand.AdmitMember(asks)).join();
        LOG.atInfo()
                .addKeyValue("event", "member.admitted")
                .addKeyValue("node", asks.name())
                .log("{} is a member, at {}", asker, asks.addresses());
        return List.copyOf(applied.state().members().present().values());
    }

    /** One that nobody can call would stop those that try. */
    private static List<String> callable(List<String> addresses) {
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "a node has 1 to " + MOST_ADDRESSES + " addresses, not " + addresses.size(),
                    "run the same release");
        }
        return addresses.stream()
                .map(address ->
                        HostAddress.parse(address, PeerNode.DEFAULT_TUNNEL_PORT).toString())
                .toList();
    }

    private static boolean isWho(Members known, MemberRecord asks) {
        MemberRecord member = known.present().get(asks.name());
        return member != null
                ? member.identity().equals(asks.identity())
                : asks.identity().name().equals(ROLE + asks.name());
    }
}
