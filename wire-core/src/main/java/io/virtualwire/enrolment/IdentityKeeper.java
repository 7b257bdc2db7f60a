package io.virtualwire.enrolment;

import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a running daemon's identity good: renews its credentials in time, takes others that somebody puts into their file, follows its
 * tenant's revocation list and whom that says to believe, and lets connections end whose peers are believed no more.
 *
 * <p>Credentials whose certificate names no authority service are left as they are.
 */
public final class IdentityKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityKeeper.class);
    private static final Duration TICK = Duration.ofMillis(200);

    private final OwnIdentity self;
    private final ScheduledExecutorService threads;
    private final ListFollower lists;

    private IdentityKeeper(OwnIdentity self, ScheduledExecutorService threads, ListFollower lists) {
        this.self = self;
        this.threads = threads;
        this.lists = lists;
    }

    /**
     * Begins.
     *
     * @param file where its credentials are
     */
    public static IdentityKeeper start(OwnIdentity self, Path file, InstantSource clock, Ticker ticker) {
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(
                2, Thread.ofPlatform().name("identity-", 0).daemon().factory());
        self.onCut(fault -> LOG.info("cut a connection: {}", fault));
        self.revocations()
                .onChange(list -> LOG.info("revocation list {}: {} certificates", list.number(), list.size()));
        IdentityKeeper keeper = new IdentityKeeper(self, threads, new ListFollower(self, IdentityKeeper::authority));
        KeptCredentials kept = new KeptCredentials(self, file);
        Renewal renewal = new Renewal(self, kept, clock, ticker);
        keeper.every(TICK, self::review);
        keeper.every(TICK, () -> {
            kept.review();
            renewal.tick();
        });
        keeper.lists.start();
        return keeper;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        lists.close();
    }

    /** The service of the authority that issued the present credentials. */
    static Optional<AuthorityClient> authority(OwnIdentity self) {
        return self.credentials()
                .authorityService()
                .map(uri -> AuthorityClient.member(
                        new TlsContexts(self), HostAddress.parse(uri.getAuthority(), AuthorityClient.DEFAULT_PORT)));
    }

    private void every(Duration pause, Runnable task) {
        Runnable careful = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                // A task that threw would not be run again.
                LOG.error("keeping the identity {} failed", self.identity(), e);
            }
        };
        threads.scheduleWithFixedDelay(careful, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    static String reason(WireException e) {
        return e.getMessage() + (e.hint().isEmpty() ? "" : " (" + e.hint() + ")");
    }
}
