package io.virtualwire.cli.provision;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Takes machines through the steps, all of them at the same time, each step with all before the next: nodes have to know one another.
 *
 * <p>Before and after each step the record is on disk. A step that fails is named; what was made for its machine is removed, and the
 * others go on.
 */
public final class Provisioner {
    private final List<HostStep> steps;
    private final HostRemoval removal;
    private final boolean keep;
    private final Progress progress;

    /** @param keep whether a machine that comes to nothing is left as it is */
    public Provisioner(List<HostStep> steps, HostRemoval removal, boolean keep, Progress progress) {
        this.steps = List.copyOf(steps);
        this.removal = removal;
        this.keep = keep;
        this.progress = progress;
    }

    /**
     * Takes them through what is left to do.
     *
     * @return those that did not arrive, and why
     */
    public Map<String, WireException> run(List<Site> sites) {
        Map<String, WireException> failed = new ConcurrentSkipListMap<>();
        List<Site> going = new ArrayList<>(sites);
        try (ExecutorService hands = Executors.newVirtualThreadPerTaskExecutor()) {
            for (HostStep step : steps) {
                List<Future<?>> taken = new ArrayList<>();
                for (Site site : going) {
                    taken.add(hands.submit(() -> take(step, site, failed)));
                }
                for (Future<?> one : taken) {
                    one.get();
                }
                going.removeIf(site -> failed.containsKey(site.name()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(
                    ErrorCode.UNAVAILABLE, "interrupted while hosts were made", "give the same command again", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            sites.forEach(Site::close);
        }
        return failed;
    }

    private void take(HostStep step, Site site, Map<String, WireException> failed) {
        if (site.record().isPast(step.reaches()) && !step.isLooked()) {
            return;
        }
        progress.begins(site.name(), step.reaches());
        try {
            String detail = step.take(site);
            if (!site.record().isPast(step.reaches())) {
                site.note(site.record().at(step.reaches()));
            }
            progress.done(site.name(), step.reaches(), detail);
        } catch (WireException e) {
            boolean removed = !keep && site.record().made();
            progress.failed(site.name(), step.reaches(), e, removed);
            failed.put(site.name(), named(site, step.reaches(), e, removed));
        }
    }

    private WireException named(Site site, Step step, WireException why, boolean removed) {
        String what = site.name() + " has come to nothing at " + step + " (" + step.title() + "): " + why.getMessage();
        if (!removed) {
            return new WireException(
                    why.code(),
                    what + "; what is there was left",
                    why.hint() + "; the same command goes on from there, 'wire host rm " + site.name() + "' removes it",
                    why);
        }
        try {
            removal.remove(site);
            return new WireException(why.code(), what + "; what was made for it was removed", why.hint(), why);
        } catch (WireException e) {
            e.addSuppressed(why);
            return new WireException(
                    why.code(),
                    what + "; and what was made for it is not removed: " + e.getMessage(),
                    "'wire host rm " + site.name() + "' tries again",
                    e);
        }
    }
}
