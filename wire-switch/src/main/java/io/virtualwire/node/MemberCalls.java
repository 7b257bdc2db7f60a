package io.virtualwire.node;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.HostAddress;
import io.virtualwire.cluster.JoinCall;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.topology.MemberRecord;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node says to single other ones, which may run or not, before or though nothing can be agreed on. */
final class MemberCalls {
    private static final Logger LOG = LoggerFactory.getLogger(MemberCalls.class);
    private static final JsonMapper JSON = ApiJson.lenient();
    private static final Duration ASKED = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final NodeSettings settings;
    private final TlsContexts tls;

    MemberCalls(NodeSettings settings, TlsContexts tls) {
        this.settings = settings;
        this.tls = tls;
    }

    /** Asks those that its file names to take it in, until one has; who the members are then. */
    List<MemberRecord> join() {
        List<PeerNode> asked = settings.peers().stream()
                .filter(peer -> !peer.name().equals(settings.name()))
                .toList();
        if (asked.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot join a fabric: nobody said whom to ask",
                    "name one of its nodes: --join --peers east=192.0.2.1");
        }
        if (!tls.identity().name().equals(MemberDesk.ROLE + settings.name())) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "cannot join a fabric as " + tls.identity() + ": no node takes that in as node " + settings.name(),
                    "enrol it as " + MemberDesk.ROLE + settings.name());
        }
        JoinQuestion question = new JoinQuestion(settings.name(), settings.addresses(), false);
        long began = System.nanoTime();
        while (true) {
            WireException last = null;
            for (PeerNode peer : asked) {
                try {
                    List<MemberRecord> told =
                            ask(peer.identity(tls.identity(), settings.name()), List.of(at(peer.tunnel())), question);
                    LOG.info("{} joins the fabric of {}", tls.identity(), peer.name());
                    return told;
                } catch (WireException e) {
                    if (!mayPass(e)) {
                        throw e;
                    }
                    LOG.info("{} does not take {} in yet: {}", peer.name(), settings.name(), e.getMessage());
                    last = e;
                }
            }
            if (last != null && System.nanoTime() - began > PATIENCE.toNanos()) {
                throw last;
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.UNAVAILABLE, "interrupted while joining a fabric", "", e);
        }
    }

    private List<MemberRecord> ask(Identity node, List<InetSocketAddress> tunnels, JoinQuestion question) {
        IOException last = new IOException("no address of it is known");
        for (InetSocketAddress tunnel : tunnels) {
            try {
                String text = JoinCall.ask(tls, node, tunnel, JSON.writeValueAsString(question), ASKED);
                JoinAnswer answer = JSON.readValue(text, JoinAnswer.class);
                if (answer.error() != null) {
                    throw answer.error().exception();
                }
                return answer.members();
            } catch (IOException e) {
                last = e;
            }
        }
        throw new WireException(
                ErrorCode.UNAVAILABLE,
                "cannot ask " + node + " at " + tunnels + ": " + last.getMessage(),
                "see that it runs, that its release can be asked, and that TCP gets through to there",
                last);
    }

    /**
     * Says where this node is now until that is agreed on, or the thread is interrupted: who is told may just be starting.
     *
     * @param ways where that one may be reached by now
     */
    void tell(MemberRecord other, Supplier<List<InetSocketAddress>> ways) {
        JoinQuestion here = new JoinQuestion(settings.name(), settings.addresses(), true);
        String said = "";
        while (!Thread.currentThread().isInterrupted()) {
            try {
                ask(other.identity(), ways.get(), here);
                return;
            } catch (WireException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                if (!said.equals(e.getMessage())) {
                    said = String.valueOf(e.getMessage());
                    LOG.info("{} does not know yet where {} is: {}", other.name(), settings.name(), said);
                }
                if (!mayPass(e)) {
                    return;
                }
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException agreed) {
                return;
            }
        }
    }

    private static InetSocketAddress at(HostAddress address) {
        return new InetSocketAddress(address.host(), address.port());
    }

    private static boolean mayPass(WireException why) {
        return why.code() == ErrorCode.UNAVAILABLE || why.code() == ErrorCode.TIMEOUT;
    }
}
