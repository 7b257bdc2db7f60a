package io.virtualwire.enrolment;

import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.RevocationsAnswer;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.RevocationList;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the authority's service again and again for a newer revocation list, which answers as soon as there is one. */
final class ListFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListFollower.class);

    /** Short, so that a question that was lost delays the next by less than a revocation may take. */
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final OwnIdentity self;
    private final Function<OwnIdentity, Optional<AuthorityClient>> authority;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean silent;
    private long heard;

    ListFollower(OwnIdentity self, Function<OwnIdentity, Optional<AuthorityClient>> authority) {
        this.self = self;
        this.authority = authority;
    }

    void start() {
        Thread.ofVirtual().name("identity-lists").start(this::follow);
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void follow() {
        try {
            do {
                Optional<AuthorityClient> service = authority.apply(self);
                if (service.isPresent()) {
                    try (AuthorityClient asked = service.get()) {
                        askUntilTrouble(asked);
                    }
                }
            } while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the revocation list of {} is followed no more", self.identity(), e);
        }
    }

    private void askUntilTrouble(AuthorityClient service) {
        try {
            while (closed.getCount() > 0) {
                // From the beginning at first: of two authorities' lists a peer may have told only one.
                RevocationsAnswer answer = service.revocations(heard, PATIENCE);
                answer.all().forEach(list -> self.offer(RevocationList.parse("the authority", list)));
                heard = answer.number();
                silent = false;
            }
        } catch (WireException e) {
            if (!silent) {
                LOG.warn("cannot follow the revocation list, trying again: {}", IdentityKeeper.reason(e));
            }
            silent = true;
        }
    }
}
