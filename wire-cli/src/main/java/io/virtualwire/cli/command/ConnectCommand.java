package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wire connect}. */
@Command(
        name = "connect",
        description = "Plug a wire between two endpoints and wait until both daemons agree. May be repeated.",
        footerHeading = "%nExamples:%n",
        footer = {"  wire connect web@hosta db@hostb", "  wire connect web@hosta db@198.51.100.7 --plain"})
public final class ConnectCommand implements Callable<Integer> {
    private static final long LOOK_AGAIN_MILLIS = 50;

    @Parameters(index = "0", paramLabel = "ENDPOINT@HOST", description = "One end; made as a TAP if it is not there.")
    private String one = "";

    @Parameters(index = "1", paramLabel = "ENDPOINT@HOST", description = "The other end.")
    private String other = "";

    @Option(
            names = "--plain",
            description = "Payloads in the clear, for an underlay you trust; headers stay authenticated.")
    private boolean plain;

    @Option(
            names = "--backend",
            paramLabel = "user|kernel|auto",
            converter = BackendName.class,
            defaultValue = "user",
            description = {
                "What carries frames: the connectors, sealed; or the kernels, unsealed, if both operators granted that.",
                "'kernel' is refused where a host cannot, 'auto' then stays with user; default: ${DEFAULT-VALUE}."
            })
    private Backend backend = Backend.USER;

    @Option(
            names = "--relay",
            paramLabel = "HOST",
            description = {
                "A connector that both can reach and that was allowed to relay:",
                "for two hosts that do not reach each other; default: none."
            })
    private @Nullable String relay;

    @Option(
            names = "--generation",
            paramLabel = "N",
            description =
                    "A higher one replaces the wire in place; default: the present one, or the next if something changes.")
    private @Nullable String generation;

    @Option(
            names = "--wire",
            paramLabel = "ID",
            description = "The wire's id; default: follows from the two endpoints.")
    private @Nullable String wire;

    @Option(
            names = "--no-create",
            description = "Refuse if an endpoint is not there, instead of making a TAP of its name.")
    private boolean noCreate;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to wait for the daemons to agree; default: ${DEFAULT-VALUE}.")
    private int waitSeconds = 10;

    @Mixin
    private Person person = new Person();

    @Mixin
    private Output output = new Output();

    private record Result(WireId wire, WireStatus a, WireStatus b, Optional<Long> roundTripMicros, int datagramBytes) {}

    @Override
    public Integer call() throws InterruptedException {
        EndpointRef first = EndpointRef.parse(one);
        EndpointRef second = EndpointRef.parse(other);
        try (WireEnd left = new WireEnd(first, person.connector(first.host()));
                WireEnd right = new WireEnd(second, person.connector(second.host()))) {
            boolean inOrder = left.canonicalName().compareTo(right.canonicalName()) <= 0;
            return connect(inOrder ? left : right, inOrder ? right : left);
        }
    }

    private int connect(WireEnd a, WireEnd b) throws InterruptedException {
        if (a.canonicalName().equals(b.canonicalName())) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "a wire cannot join " + a.ref() + " with itself", "name two endpoints");
        }
        note(a);
        note(b);
        WireId id = wire == null ? WireId.named(a.canonicalName() + " " + b.canonicalName()) : WireId.parse(wire);
        Undo undo = new Undo();
        try {
            plug(id, a, b, undo);
        } catch (WireException e) {
            if (e.code().category() == ErrorCode.Category.REQUEST) {
                undo.all();
            }
            throw e;
        }
        Result result = await(id, a, b);
        output.print(result, out -> {
            WireStatus.Peer peer = result.a().peers().getLast();
            out.println("wire " + id + " joins " + a.ref() + " and " + b.ref());
            if (a.health().identity().equals(b.health().identity())) {
                out.println("both ends are on one host: nothing leaves it");
            } else if (byKernel(result.a()) && byKernel(result.b())) {
                out.println("by the kernels of both hosts, unsealed: nothing but the underlay protects it");
            } else {
                for (WireStatus side : List.of(result.a(), result.b())) {
                    side.backend().ifPresent(it -> out.println("not by the kernel: " + it.reason()));
                }
                out.println((peer.plain() ? "plain" : "sealed") + ", " + result.datagramBytes() + "-byte datagrams");
            }
        });
        return ExitCode.OK;
    }

    /** Makes the endpoints and connects both sides; what is new is noted, to be undone if the whole is refused. */
    private void plug(WireId id, WireEnd a, WireEnd b, Undo undo) {
        for (WireEnd end : List.of(a, b)) {
            if (end.ensureEndpoint(!noCreate)) {
                undo.push(end::removeEndpoint);
                output.progress("made the TAP " + end.ref().endpoint() + " on "
                        + end.ref().host());
            }
        }
        Generation ofA = generation == null ? a.generationFor(id, Side.A, options()) : Generation.parse(generation);
        Generation ofB = generation == null ? b.generationFor(id, Side.B, options()) : Generation.parse(generation);
        boolean fresh = !a.has(id, Side.A);
        List<String> through = through();
        a.connect(id, Side.A, ofA, options(), b, ofB, through);
        if (fresh) {
            undo.push(() -> a.disconnect(id, Side.A, ofA));
        }
        b.connect(id, Side.B, ofB, options(), a, ofA, through);
    }

    private List<String> through() {
        if (relay == null) {
            return List.of();
        }
        try (ConnectorClient connector = person.connector(relay)) {
            return WireEnd.relayPaths(connector);
        }
    }

    private ConnectOptions options() {
        return new ConnectOptions(Role.ACTIVE, plain, Optional.of(backend));
    }

    /** A host that was reached under a name of its own is asked by 'wire ls' and 'wire show' from now on. */
    private void note(WireEnd end) {
        HostBook hosts = person.hosts();
        if (!end.isLocal()) {
            hosts.put(end.ref().host(), end.connector().address());
        } else if (!hosts.all().containsKey(end.ref().host())
                && !hosts.all().containsKey(end.health().identity().name())) {
            hosts.put(end.health().identity().name(), end.connector().address());
        }
    }

    private Result await(WireId id, WireEnd a, WireEnd b) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
        while (true) {
            WireStatus onA = side(id, a, Side.A);
            WireStatus onB = side(id, b, Side.B);
            boolean settled = isSettled(onA) && isSettled(onB);
            if (onA.isAgreed() && onB.isAgreed() && (settled || System.nanoTime() > deadline)) {
                Optional<AssociationStatus> association = a.connector().associations().stream()
                        .filter(one -> one.peer().equals(b.health().identity()))
                        .findFirst();
                return new Result(
                        id,
                        onA,
                        onB,
                        association.flatMap(AssociationStatus::roundTripMicros),
                        association.map(AssociationStatus::datagramBytes).orElse(0));
            }
            if (System.nanoTime() > deadline) {
                throw new WireException(
                        ErrorCode.TIMEOUT,
                        "wire " + id + " is connected on both hosts, but their daemons have not agreed within "
                                + waitSeconds + " s: " + a.ref().host() + " sees "
                                + describe(onA) + ", " + b.ref().host() + " sees " + describe(onB),
                        "let TCP and UDP port " + a.health().dataPort() + " and "
                                + b.health().dataPort() + " through between them; it agrees by itself once they pass");
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private static WireStatus side(WireId id, WireEnd end, Side side) {
        return end.connector().wire(id).stream()
                .filter(status -> status.side() == side)
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "wire " + id + " disappeared from " + end.ref().host() + " while it was being connected",
                        "see who disconnects it"));
    }

    /** Whether it is decided what carries the frames. */
    private static boolean isSettled(WireStatus side) {
        return side.backend()
                .map(it -> it.carrier().equals(Backend.KERNEL.toString())
                        || !it.reason().isEmpty())
                .orElse(true);
    }

    private static boolean byKernel(WireStatus side) {
        return side.backend()
                .filter(it -> it.carrier().equals(Backend.KERNEL.toString()))
                .isPresent();
    }

    private static String describe(WireStatus status) {
        return status.peers().stream()
                .map(peer -> peer.identity() + (peer.pathUp() ? "" : " unreachable at " + peer.paths()))
                .toList()
                .toString();
    }
}
