package io.virtualwire.cloud.ec2.standin;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instance, and the request that it came from. */
final class Instance extends Thing {
    /**
     * What it does.
     *
     * <pre>
     *   pending ──▶ running ◀──▶ stopped      (through stopping and pending)
     *      └───────────┴────────────┴──▶ shutting-down ──▶ terminated
     * </pre>
     */
    enum State {
        PENDING(0, "pending"),
        RUNNING(16, "running"),
        SHUTTING_DOWN(32, "shutting-down"),
        TERMINATED(48, "terminated"),
        STOPPING(64, "stopping"),
        STOPPED(80, "stopped");

        final int code;
        final String word;

        State(int code, String word) {
            this.code = code;
            this.word = word;
        }
    }

    final Launch launch;
    final String reservation;
    final String privateAddress;
    final Instant launched;
    final @Nullable Volume volume;

    State state = State.PENDING;
    State before = State.PENDING;

    @Nullable
    String publicAddress;

    String reason = "";

    Instance(
            String id,
            int hidden,
            Launch launch,
            String reservation,
            String privateAddress,
            Instant launched,
            @Nullable Volume volume) {
        super(id, launch.tags, hidden);
        this.launch = launch;
        this.reservation = reservation;
        this.privateAddress = privateAddress;
        this.launched = launched;
        this.volume = volume;
    }

    void become(State next) {
        before = state;
        state = next;
    }

    boolean exists() {
        return state != State.TERMINATED && state != State.SHUTTING_DOWN;
    }

    @Override
    @Nullable
    String property(String filter) {
        return switch (filter) {
            case "instance-state-name" -> state.word;
            case "instance-id" -> id();
            case "vpc-id" -> launch.subnet.vpc();
            case "client-token" -> launch.token;
            case "instance.group-id" ->
                launch.groups.isEmpty() ? null : launch.groups.getFirst().id();
            default -> null;
        };
    }

    /** What was asked for. */
    record Launch(
            String image,
            InstanceType type,
            Catalogue.Subnet subnet,
            @Nullable String keyName,
            String publicKey,
            List<Group> groups,
            boolean publicAddress,
            byte[] userData,
            String token,
            String nested,
            String httpTokens,
            int hopLimit,
            String onShutdown,
            Map<String, String> tags) {}

    /** Its root disk. */
    static final class Volume extends Thing {
        final int gibibytes;
        final String type;
        final String zone;
        final boolean encrypted;
        final boolean deletedWithInstance;

        @Nullable
        String instance;

        Volume(
                String id,
                Map<String, String> tags,
                int gibibytes,
                String type,
                String zone,
                boolean encrypted,
                boolean deletedWithInstance) {
            super(id, tags, 0);
            this.gibibytes = gibibytes;
            this.type = type;
            this.zone = zone;
            this.encrypted = encrypted;
            this.deletedWithInstance = deletedWithInstance;
        }

        @Override
        @Nullable
        String property(String filter) {
            return switch (filter) {
                case "attachment.instance-id" -> instance;
                case "volume-id" -> id();
                default -> null;
            };
        }
    }
}
