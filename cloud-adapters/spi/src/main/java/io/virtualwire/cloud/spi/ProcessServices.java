package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Daemons on a host without systemd: each is the child of a small script that starts it again when it fails, and whose process id is
 * in a file.
 *
 * <pre>
 *   FOLDER/UNIT.pid   process and start time of the script, which leads a session of its own
 *   FOLDER/UNIT.log   what the daemon wrote
 *   FOLDER/UNIT.failed  written to whenever the daemon ends by itself and is to be started again
 * </pre>
 */
public final class ProcessServices implements Services {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /* A process id alone may have become somebody else's: the start time says whether it is still the one. */
    private static final String SCRIPT = """
            folder=$1 unit=$2 action=$3; shift 3
            started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
            running() {
              [ -s "$folder/$unit.pid" ] && read -r pid since <"$folder/$unit.pid" && [ "$(started "$pid")" = "$since" ]
            }
            case $action in
              start)
                if running; then exit 0; fi
                mkdir -p "$folder" && umask 077 && : >>"$folder/$unit.log" || exit 1
                rm -f "$folder/$unit.pid" "$folder/$unit.failed"
                WIRE_UNIT=$folder/$unit setsid -f sh -c '
                  echo "$$ $(sed "s/.*) //" /proc/$$/stat | cut -d" " -f20)" >"$WIRE_UNIT.new" && mv "$WIRE_UNIT.new" "$WIRE_UNIT.pid"
                  exec >>"$WIRE_UNIT.log" 2>&1 </dev/null
                  trap "ending=1; kill \\$child 2>/dev/null" TERM
                  cd /
                  while :; do
                    "$@" & child=$!
                    [ -z "$ending" ] || kill $child
                    while :; do
                      wait $child; status=$?
                      kill -0 $child 2>/dev/null || break
                    done
                    if [ -n "$ending" ] || [ $status = 0 ] || [ $status = 143 ]; then break; fi
                    : >"$WIRE_UNIT.failed"
                    echo "ended with status $status, starting it again" && sleep 1
                    [ -z "$ending" ] || break
                  done
                  rm -f "$WIRE_UNIT.pid"' sh "$@" || exit 1
                while ! [ -s "$folder/$unit.pid" ] ; do sleep 0.02; done
                ;;
              stop)
                running || exit 0
                kill "$pid"
                tries=0
                while running; do
                  tries=$((tries + 1))
                  if [ $tries -gt 400 ]; then kill -9 -- -"$pid"; rm -f "$folder/$unit.pid"; fi
                  sleep 0.05
                done
                ;;
              running)
                running || exit 1
                # What failed a moment ago is about to fail again, as far as anybody can tell.
                failed=$(stat -c %Y "$folder/$unit.failed" 2>/dev/null) || exit 0
                [ $(($(date +%s) - failed)) -ge 10 ]
                ;;
              log) [ ! -e "$folder/$unit.log" ] || tail -n "$1" "$folder/$unit.log" ;;
            esac
            """;

    private final HostShell shell;
    private final String folder;

    /** @param folder of the host, where process ids and logs are kept */
    public ProcessServices(HostShell shell, String folder) {
        this.shell = shell;
        this.folder = folder;
    }

    @Override
    public void start(HostService service) {
        require("start", service.unit(), "start", service.command());
    }

    @Override
    public void restart(HostService service) {
        stop(service.unit());
        start(service);
    }

    @Override
    public void stop(String unit) {
        require("stop", unit, "stop", List.of());
    }

    @Override
    public boolean running(String unit) {
        return act(unit, "running", List.of()).succeeded();
    }

    @Override
    public String log(String unit, int lines) {
        return act(unit, "log", List.of(Integer.toString(lines))).output();
    }

    private void require(String what, String unit, String action, List<String> arguments) {
        CommandResult result = act(unit, action, arguments);
        if (!result.succeeded()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot " + what + " " + unit + ": " + result.output().strip(),
                    "see " + folder + "/" + unit + ".log on that host");
        }
    }

    private CommandResult act(String unit, String action, List<String> arguments) {
        List<String> line = new ArrayList<>(List.of("sh", "-c", SCRIPT, "sh", folder, unit, action));
        line.addAll(arguments);
        return shell.run(LIMIT, line);
    }
}
