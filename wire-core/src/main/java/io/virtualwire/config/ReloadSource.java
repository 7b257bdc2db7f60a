package io.virtualwire.config;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a running daemon reads its configuration file again; until it is told, it has none. */
public final class ReloadSource {
    private final String daemon;
    private final AtomicReference<@Nullable Supplier<ReloadReport>> source = new AtomicReference<>();

    /** @param daemon as in {@code wire DAEMON run} */
    public ReloadSource(String daemon) {
        this.daemon = daemon;
    }

    public void use(Supplier<ReloadReport> reload) {
        source.set(reload);
    }

    /** @throws WireException WRONG_STATE if there is no file, or what is wrong with it; then nothing has changed */
    public ReloadReport reload() {
        Supplier<ReloadReport> reload = source.get();
        if (reload == null) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot reload: this " + daemon + " was started without a configuration file",
                    "start it with 'wire " + daemon + " run --config FILE'");
        }
        return reload.get();
    }
}
