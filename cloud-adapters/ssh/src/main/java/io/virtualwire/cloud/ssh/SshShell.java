package io.virtualwire.cloud.ssh;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostLayout;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.ProcessServices;
import io.virtualwire.cloud.spi.Services;
import io.virtualwire.cloud.spi.SystemdServices;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.SessionHeartbeatController;
import org.apache.sshd.common.signature.Signature;

/**
 * Commands and files on a machine that one can log in to with SSH; as its superuser, by sudo if the user is somebody else.
 *
 * <p>A command's time is watched on that machine, by timeout(1): closing a channel ends no command.
 */
public final class SshShell implements HostShell {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SPARE = Duration.ofSeconds(10);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration MOMENT = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final int TIMED_OUT = 124;
    private static final String SERVICES = "/run/virtualwire-services";

    /* What sudo says itself, such as that it cannot resolve the machine's own name, is not what the command says. */
    private static final List<String> SUDO = List.of("sudo", "-n", "--", "sh", "-c", "exec \"$@\" 2>&1", "sudo");

    /* What arrived is counted, because a connection that breaks looks like an end of input. */
    private static final String PUT = """
            set -e
            mkdir -p -- "${1%/*}"
            draft=$(umask 077; mktemp -- "${1%/*}/.put.XXXXXXXX")
            trap 'rm -f -- "$draft"' EXIT
            cat >"$draft"
            [ "$(stat -c %s -- "$draft")" = "$3" ] || { echo "the connection broke"; exit 1; }
            chmod "$2" -- "$draft"
            mv -f -- "$draft" "$1"
            """;

    private final SshTarget target;
    private final SshClient client;
    private final ClientSession session;
    private final List<String> prefix;

    private SshShell(SshTarget target, SshClient client, ClientSession session) {
        this.target = target;
        this.client = client;
        this.session = session;
        // Asked without sudo, which the machine of a superuser may not have.
        CommandResult user = execute(MOMENT, List.of("id", "-u"), InputStream.nullInputStream());
        this.prefix = user.output().strip().equals("0") ? List.of() : SUDO;
    }

    /** Logs in, once: {@code UNAVAILABLE} if nobody answers, {@code UNAUTHENTICATED} if one of both does not believe the other. */
    public static SshShell connect(SshTarget target, SshAccess access) {
        HostKeys hostKeys = new HostKeys(access);
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier(hostKeys);
        client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        client.setKeyIdentityProvider(new KeyFiles(access.identities()));
        access.agent().filter(Files::exists).ifPresent(socket -> client.setAgentFactory(AgentSocket.at(socket)));
        prefer(client, hostKeys.knownTypes(target));
        client.setSessionHeartbeat(SessionHeartbeatController.HeartbeatType.IGNORE, HEARTBEAT);
        client.start();
        try {
            ClientSession session = login(client, target, hostKeys);
            return new SshShell(target, client, session);
        } catch (RuntimeException e) {
            client.stop();
            throw e;
        }
    }

    private static void prefer(SshClient client, Set<String> known) {
        List<NamedFactory<Signature>> ordered = new ArrayList<>(client.getSignatureFactories());
        ordered.sort(Comparator.comparing(it -> !known.contains(KeyUtils.getCanonicalKeyType(it.getName()))));
        client.setSignatureFactories(ordered);
    }

    private static ClientSession login(SshClient client, SshTarget target, HostKeys hostKeys) {
        ClientSession session;
        try {
            session = client.connect(target.user(), target.address(), target.port())
                    .verify(CONNECT)
                    .getSession();
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "cannot reach " + target + " with SSH: " + reason(e),
                    "see whether it runs and lets TCP port " + target.port() + " through",
                    e);
        }
        try {
            session.auth().verify(CONNECT);
            return session;
        } catch (IOException e) {
            session.close(true);
            throw refused(target, hostKeys, e);
        }
    }

    private static WireException refused(SshTarget target, HostKeys hostKeys, IOException cause) {
        return switch (hostKeys.refusal()) {
            case UNKNOWN ->
                new WireException(
                        ErrorCode.UNAUTHENTICATED,
                        "nobody knows whether " + target + " is who it says: its key is " + hostKeys.shown(),
                        "compare that with what it should be, and log in once with ssh, which notes it",
                        cause);
            case CHANGED ->
                new WireException(
                        ErrorCode.UNAUTHENTICATED,
                        target + " is not who it was: its key is " + hostKeys.shown() + " now",
                        "find out why; if that is right, remove the old key with ssh-keygen -R",
                        cause);
            case NONE ->
                hostKeys.shown().isEmpty()
                        ? new WireException(
                                ErrorCode.UNAVAILABLE,
                                "cannot speak with " + target + ": " + reason(cause),
                                "see whether an SSH server answers there",
                                cause)
                        : new WireException(
                                ErrorCode.UNAUTHENTICATED,
                                target + " does not let us in: " + reason(cause),
                                "put one of your public keys into its authorized_keys, or start your SSH agent",
                                cause);
        };
    }

    /** Where it is, as it was reached. */
    public InetAddress address() {
        return session.getConnectAddress() instanceof InetSocketAddress reached
                ? reached.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    @Override
    public CommandResult run(Duration limit, List<String> command, byte[] input) {
        return run(limit, command, new ByteArrayInputStream(input));
    }

    private CommandResult run(Duration limit, List<String> command, InputStream input) {
        List<String> line = new ArrayList<>(prefix);
        line.addAll(List.of("timeout", "-k", "2", String.format(Locale.ROOT, "%.3f", limit.toMillis() / 1000.0)));
        line.addAll(command);
        long began = System.nanoTime();
        CommandResult result = execute(limit, line, input);
        if (result.status() == TIMED_OUT && System.nanoTime() - began >= limit.toNanos()) {
            throw late(command, limit);
        }
        return result;
    }

    private CommandResult execute(Duration limit, List<String> line, InputStream input) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream aside = new ByteArrayOutputStream();
        boolean apart = line.getFirst().equals(SUDO.getFirst());
        try (ChannelExec channel = session.createExecChannel(new ShellLine(line) + (apart ? "" : " 2>&1"))) {
            channel.setIn(input);
            channel.setOut(output);
            channel.setErr(aside);
            channel.open().verify(CONNECT);
            Set<ClientChannelEvent> seen = channel.waitFor(
                    EnumSet.of(ClientChannelEvent.CLOSED), limit.plus(SPARE).toMillis());
            if (seen.contains(ClientChannelEvent.TIMEOUT)) {
                throw late(line, limit);
            }
            Integer status = channel.getExitStatus();
            if (status == null) {
                throw new WireException(
                        ErrorCode.UNAVAILABLE,
                        "the connection to " + target + " broke while " + line.getFirst() + " ran there",
                        "see whether the machine runs, and do it again");
            }
            String said = output.toString(StandardCharsets.UTF_8);
            return new CommandResult(status, status == 0 ? said : aside.toString(StandardCharsets.UTF_8) + said);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "cannot run " + line.getFirst() + " on " + target + ": " + reason(e),
                    "see whether the machine runs, and do it again",
                    e);
        }
    }

    private WireException late(List<String> command, Duration limit) {
        return new WireException(
                ErrorCode.TIMEOUT,
                command.getFirst() + " on " + target + " did not end within " + limit.toMillis() + " ms and was ended",
                "allow it more time");
    }

    @Override
    public void put(String path, int mode, byte[] content) {
        put(path, mode, content.length, new ByteArrayInputStream(content));
    }

    @Override
    public void put(String path, int mode, Path content) {
        try (InputStream from = Files.newInputStream(content)) {
            put(path, mode, Files.size(content), from);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "cannot read " + content + ": " + IoReason.of(e), "see whether it is there", e);
        }
    }

    private void put(String path, int mode, long size, InputStream content) {
        List<String> command = List.of("sh", "-c", PUT, "put", path, Integer.toOctalString(mode), Long.toString(size));
        CommandResult result = run(LONG, command, content);
        if (!result.succeeded()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot write " + path + " on " + target + ": "
                            + result.output().strip(),
                    "see whether the disk is full and whether the folder may be written to");
        }
    }

    @Override
    public HostLayout layout() {
        return HostLayout.PACKAGED;
    }

    @Override
    public Services services() {
        return SystemdServices.runs(this) ? new SystemdServices(this) : new ProcessServices(this, SERVICES);
    }

    @Override
    public void close() {
        session.close(false).awaitUninterruptibly(CONNECT);
        client.stop();
    }

    private static String reason(IOException e) {
        Throwable cause = e instanceof SshException && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
