package io.virtualwire.cli.command;

import io.virtualwire.config.ReloadReport;
import io.virtualwire.control.WireException;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, by which a daemon is told to read its configuration file again; what comes of it is in the log. */
final class HangUp {
    private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

    private final Supplier<ReloadReport> reload;

    HangUp(Supplier<ReloadReport> reload) {
        this.reload = reload;
    }

    /**
     * From now on.
     *
     * <p>By reflection: the JDK has nothing for signals but {@code sun.misc.Signal}, and its compiler warns of that in a way
     * that cannot be silenced.
     */
    void listen() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object heard = Proxy.newProxyInstance(
                    HangUp.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        heard();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), heard);
        } catch (ReflectiveOperationException e) {
            LOG.warn(
                    "SIGHUP is not listened to, use 'wire connector reload' or 'wire node reload': {}", e.getMessage());
        }
    }

    private void heard() {
        try {
            ReloadReport report = reload.get();
            LOG.info(
                    "{} was read again: changed {}, needs a restart {}, overridden by flags {}, ungranted {}",
                    report.file(),
                    report.changed(),
                    report.restart(),
                    report.overridden(),
                    report.ungranted());
        } catch (WireException e) {
            LOG.error("nothing was reloaded: {} ({})", e.getMessage(), e.hint());
        } catch (RuntimeException e) {
            LOG.error("nothing was reloaded", e);
        }
    }
}
