package io.virtualwire.cli.provision;

import java.util.function.Function;

/** Notes the machine as a host, so that commands find it by its name. */
final class ReadyStep implements HostStep {
    private final Function<HostRecord, String> note;

    ReadyStep(Function<HostRecord, String> note) {
        this.note = note;
    }

    @Override
    public Step reaches() {
        return Step.READY;
    }

    @Override
    public boolean isLooked() {
        return true;
    }

    @Override
    public String take(Site site) {
        return note.apply(site.record());
    }
}
