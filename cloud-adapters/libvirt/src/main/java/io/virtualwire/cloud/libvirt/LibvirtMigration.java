package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.MachineMigration;
import io.virtualwire.cloud.spi.MigrationPlan;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainJobInfo;
import org.libvirt.LibvirtException;
import org.libvirt.TypedParameter;
import org.libvirt.TypedStringParameter;
import org.libvirt.TypedUlongParameter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A move that libvirt carries out; the call that lasts as long as the move has a thread of its own. */
final class LibvirtMigration implements MachineMigration {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtMigration.class);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int JOB_NONE = 0;

    private final Domain domain;
    private final String source;
    private final String name;
    private final MigrationPlan plan;
    private final AtomicReference<Progress> last = new AtomicReference<>(new Progress(0, 0, 0, 0));
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private volatile boolean calledOff;

    private LibvirtMigration(Domain domain, String source, String name, MigrationPlan plan) {
        this.source = source;
        this.domain = domain;
        this.name = name;
        this.plan = plan;
    }

    /** @param domain becomes the move's, which frees it */
    static LibvirtMigration begin(Domain domain, String source, String name, MigrationPlan plan) {
        LibvirtMigration migration = new LibvirtMigration(domain, source, name, plan);
        Thread.ofPlatform().name("migrate-" + name).daemon().start(migration::run);
        if (plan.postCopy()) {
            Thread.ofPlatform().name("post-copy-" + name).daemon().start(migration::goOnThere);
        }
        return migration;
    }

    private void run() {
        Outcome ended;
        try {
            move();
            ended = new Outcome.Arrived(progress());
        } catch (LibvirtException e) {
            ended = ended(calledOff || Refusal.isAbort(e), Refusal.of("move " + name + " to " + plan.target(), e));
        } catch (WireException e) {
            ended = new Outcome.Failed(e);
        }
        outcome.complete(ended);
        synchronized (domain) {
            free();
        }
    }

    /**
     * What a move that did not arrive was. One that was called off may be refused with other words: QEMU shuts its return
     * path down before it says that it cancels, and what ends in between calls that a failure, as does the target.
     */
    static Outcome ended(boolean calledOff, WireException refused) {
        if (calledOff) {
            LOG.debug("Called off: {}", refused.getMessage());
            return new Outcome.Aborted();
        }
        return new Outcome.Failed(refused);
    }

    /** Lets it go on at the target as soon as all of its memory was copied once. */
    private void goOnThere() {
        while (true) {
            try {
                outcome.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException stillMoving) {
                if (isCopiedOnce()) {
                    try {
                        new PostCopy(source).start(name);
                        LOG.info("{} goes on at {}, and fetches the rest of its memory", name, plan.target());
                        return;
                    } catch (WireException e) {
                        LOG.info("{}", e.getMessage());
                    }
                }
            } catch (InterruptedException | ExecutionException e) {
                return;
            }
        }
    }

    private boolean isCopiedOnce() {
        synchronized (domain) {
            if (outcome.isDone()) {
                return false;
            }
            try {
                for (TypedParameter each : domain.getJobStats(0).stats) {
                    if (each.field.equals("memory_iteration") && each instanceof TypedUlongParameter passes) {
                        return passes.value > 1;
                    }
                }
            } catch (LibvirtException e) {
                LOG.debug("No progress of {}: {}", name, Refusal.words(e));
            }
            return false;
        }
    }

    private void move() throws LibvirtException {
        if (plan.maxPauseMillis().isPresent()) {
            domain.migrateSetMaxDowntime(plan.maxPauseMillis().getAsInt());
        }
        if (plan.mode() == MigrationPlan.Mode.MANAGED) {
            Connect target = new Connect(plan.target());
            try {
                domain.migrate(target, parameters(), flags()).free();
            } finally {
                target.close();
            }
        } else {
            domain.migrateToURI(plan.target(), parameters(), flags());
        }
    }

    private int flags() throws LibvirtException {
        int flags = Domain.MigrateFlags.LIVE | Domain.MigrateFlags.ABORT_ON_ERROR;
        if (domain.isPersistent() == 1) {
            // Its description goes where it goes; else it would be gone with the first end of the guest there.
            flags |= Domain.MigrateFlags.PERSIST_DEST | Domain.MigrateFlags.UNDEFINE_SOURCE;
        }
        flags |= switch (plan.mode()) {
            case MANAGED -> 0;
            case PEER_TO_PEER -> Domain.MigrateFlags.PEER2PEER;
            case TUNNELLED -> Domain.MigrateFlags.PEER2PEER | Domain.MigrateFlags.TUNNELED;
        };
        flags |= switch (plan.storage()) {
            case SHARED -> 0;
            case COPIED -> Domain.MigrateFlags.NON_SHARED_DISK;
            case COPIED_ABOVE_BASE -> Domain.MigrateFlags.NON_SHARED_INC;
        };
        return plan.postCopy() ? flags | Domain.MigrateFlags.POSTCOPY : flags;
    }

    /** The library takes no empty list, hence the name that the machine has anyway. */
    private TypedParameter[] parameters() throws LibvirtException {
        List<TypedParameter> parameters = new ArrayList<>();
        parameters.add(new TypedStringParameter("destination_name", name));
        plan.memoryAddress().ifPresent(uri -> parameters.add(new TypedStringParameter("migrate_uri", uri)));
        plan.bandwidthMebibytes().ifPresent(limit -> parameters.add(new TypedUlongParameter("bandwidth", limit)));
        describe("destination_xml", Domain.XMLFlags.MIGRATABLE, parameters);
        if (domain.isPersistent() == 1) {
            describe("persistent_xml", Domain.XMLFlags.INACTIVE, parameters);
        }
        return parameters.toArray(TypedParameter[]::new);
    }

    /** It goes by its own description, unless libvirt would make a device by that which is at the target already. */
    private void describe(String as, int flags, List<TypedParameter> parameters) throws LibvirtException {
        DomainXml description = DomainXml.parse(domain.getXMLDesc(flags | Domain.XMLFlags.SECURE));
        if (description.leave(plan.devices())) {
            parameters.add(new TypedStringParameter(as, description.text()));
        }
    }

    @Override
    public Progress progress() {
        synchronized (domain) {
            if (!outcome.isDone()) {
                try {
                    DomainJobInfo job = domain.getJobInfo();
                    if (job.getType() != JOB_NONE) {
                        last.set(new Progress(
                                job.getTimeElapsed(),
                                job.getDataTotal(),
                                job.getDataRemaining(),
                                job.getDataProcessed()));
                    }
                } catch (LibvirtException e) {
                    LOG.debug("No progress of {}: {}", name, Refusal.words(e));
                }
            }
        }
        return last.get();
    }

    @Override
    public void abort() {
        synchronized (domain) {
            if (outcome.isDone()) {
                return;
            }
            try {
                callOff(domain);
            } catch (LibvirtException e) {
                throw Refusal.of("give up the move of " + name, e);
            }
        }
    }

    /** As {@link #abort()}, by another of libvirt's handles of the machine. */
    void callOff(Domain handle) throws LibvirtException {
        boolean already = calledOff;
        calledOff = true;
        try {
            handle.abortJob();
        } catch (LibvirtException e) {
            calledOff = already;
            throw e;
        }
    }

    @Override
    public CompletionStage<Outcome> outcome() {
        return outcome.minimalCompletionStage();
    }

    private void free() {
        try {
            domain.free();
        } catch (LibvirtException e) {
            LOG.debug("Cannot free {}: {}", name, Refusal.words(e));
        }
    }
}
