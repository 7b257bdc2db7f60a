package io.virtualwire.cloud.ssh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.cloud.spi.Admission;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.HostState;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.SecretFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Machines that somebody else runs; the folder says which of them are taken in. */
final class SshCloudAdapter implements CloudAdapter {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int ANSWER_MILLIS = 2_000;
    private static final int USUAL_MTU = 1500;
    private static final String SUFFIX = ".json";

    /* The device by which answers to us leave. */
    private static final String MTU = """
            device=$(ip -o route get "$1" | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p') && cat "/sys/class/net/$device/mtu" \
            || ip -o link show "$device" | sed -n 's/.* mtu \\([0-9]*\\).*/\\1/p'
            """;

    /** What is noted of a machine. */
    record Adopted(String target, String address, int mtu) {}

    private final String name;
    private final Path folder;
    private final SshAccess access;
    private final Optional<InetAddress> outside;
    private final JsonMapper json = new JsonMapper();

    SshCloudAdapter(String name, Path folder, SshAccess access, Optional<InetAddress> outside) {
        this.name = name;
        this.folder = folder.resolve("machines");
        this.access = access;
        this.outside = outside;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<CloudHost> hosts() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX) && !file.startsWith("."))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .flatMap(host -> find(host).map(known -> described(host, known)).stream())
                    .toList();
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "cannot list " + folder + ": " + IoReason.of(e), "mend the folder's rights", e);
        }
    }

    @Override
    public CloudHost launch(HostOrder order) {
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "cannot launch " + order.name() + " in cloud " + name + ": with SSH no machines are made",
                "take one in that runs: wire host add user@address");
    }

    @Override
    public CloudHost adopt(String host, String where) {
        HostOrder.requireName(host);
        SshTarget target = SshTarget.parse(where);
        Optional<Adopted> known = find(host);
        if (known.isPresent()) {
            if (!known.get().target().equals(target.toString())) {
                throw new WireException(
                        ErrorCode.ALREADY_EXISTS,
                        "cannot take in " + target + " as " + host + ": that is "
                                + known.get().target(),
                        "choose another name, or remove that one with 'wire host rm " + host + "'");
            }
            return described(host, known.get());
        }
        Adopted adopted;
        try (SshShell shell = SshShell.connect(target, access)) {
            adopted = new Adopted(target.toString(), shell.address().getHostAddress(), mtu(shell));
        }
        try {
            new SecretFile(file(host)).write(json.writeValueAsString(adopted) + "\n");
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot note " + host, "", e);
        }
        return described(host, adopted);
    }

    private static int mtu(SshShell shell) {
        List<String> question = new ArrayList<>(List.of("sh", "-c", MTU, "mtu"));
        question.add(shell.address().getHostAddress());
        CommandResult answer = shell.run(LIMIT, question);
        String text = answer.output().strip();
        return answer.succeeded() && text.matches("\\d{3,5}") ? Math.min(Integer.parseInt(text), 9_216) : USUAL_MTU;
    }

    @Override
    public void remove(String host) {
        HostOrder.requireName(host);
        try {
            Files.deleteIfExists(file(host));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot delete " + file(host) + ": " + IoReason.of(e),
                    "mend the folder's rights",
                    e);
        }
    }

    @Override
    public HostShell shell(CloudHost host) {
        Adopted known = find(host.name())
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "cloud " + name + " has no host " + host.name() + " any more",
                        "take it in again: wire host add user@address"));
        return SshShell.connect(SshTarget.parse(known.target()), access);
    }

    @Override
    public void admit(String host, Set<Admission> peers) {
        // Whoever runs the machine has its packet filter.
    }

    @Override
    public Optional<InetAddress> outside() {
        return outside;
    }

    @Override
    public List<CloudResource> resources() {
        return hosts().stream()
                .map(host -> new CloudResource("machine", host.id(), host.name(), null))
                .toList();
    }

    @Override
    public void close() {
        // Nothing is held open.
    }

    private Optional<Adopted> find(String host) {
        Path file = file(host);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(json.readValue(file.toFile(), Adopted.class));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read what is known of " + host + " in " + file,
                    "remove it, and take the machine in again",
                    e);
        }
    }

    private static CloudHost described(String host, Adopted known) {
        SshTarget target = SshTarget.parse(known.target());
        InetAddress address = now(target.address())
                .or(() -> now(known.address()))
                .orElseThrow(() -> new WireException(
                        ErrorCode.CORRUPT, "what is known of " + host + " has no address", "take it in again"));
        boolean answers = answers(new InetSocketAddress(address, target.port()));
        return new CloudHost(
                host,
                answers ? HostState.RUNNING : HostState.STOPPED,
                address,
                null,
                null,
                known.mtu(),
                null,
                known.target());
    }

    /* Its address may have changed since; a name of ~/.ssh/config is one that only SSH knows. */
    private static Optional<InetAddress> now(String address) {
        try {
            return Optional.of(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static boolean answers(InetSocketAddress where) {
        try (Socket socket = new Socket()) {
            socket.connect(where, ANSWER_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Path file(String host) {
        return folder.resolve(host + SUFFIX);
    }
}
