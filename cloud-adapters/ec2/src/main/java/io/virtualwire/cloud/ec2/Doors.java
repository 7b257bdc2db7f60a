package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.ssh.SshAccess;
import io.virtualwire.cloud.ssh.SshShell;
import io.virtualwire.cloud.ssh.SshTarget;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.waiters.Waiter;
import software.amazon.awssdk.core.waiters.WaiterAcceptor;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputResponse;

/**
 * The ways into hosts, by SSH. Whom to believe EC2 tells: cloud-init writes a host's keys to its console, which only the account's owner
 * reads.
 */
final class Doors {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Pattern KEYS = Pattern.compile(
            "-----BEGIN SSH HOST KEY KEYS-----\\s*(.*?)\\s*-----END SSH HOST KEY KEYS-----", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("((?:ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+=*)");

    private final Ec2Access ec2;
    private final Ec2Settings settings;
    private final LoginKeys keys;
    private final Path folder;

    /** @param folder where keys of hosts are kept */
    Doors(Ec2Access ec2, Ec2Settings settings, LoginKeys keys, Path folder) {
        this.ec2 = ec2;
        this.settings = settings;
        this.keys = keys;
        this.folder = folder.resolve("known-hosts");
    }

    HostShell open(CloudHost host) {
        Path known = known(host);
        String address = host.address().getHostAddress();
        SshAccess access = SshAccess.ofPerson(known, false);
        return SshShell.connect(
                new SshTarget(settings.user(), address, SshTarget.DEFAULT_PORT),
                new SshAccess(List.of(keys.file()), access.agent(), known, access.alsoKnown(), false));
    }

    /* By the instance's id: addresses are given to one after another. */
    private Path known(CloudHost host) {
        Path noted = folder.resolve(host.id() + ".keys");
        Path file = folder.resolve(host.id());
        try {
            if (!Files.exists(noted)) {
                Files.createDirectories(folder);
                Files.writeString(noted, String.join("\n", hostKeys(host)) + "\n");
            }
            StringBuilder lines = new StringBuilder();
            for (String key : Files.readAllLines(noted)) {
                lines.append(host.address().getHostAddress())
                        .append(' ')
                        .append(key)
                        .append('\n');
            }
            Files.writeString(file, lines);
            return file;
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot keep host keys in " + folder + ": " + IoReason.of(e),
                    "mend its rights",
                    e);
        }
    }

    private List<String> hostKeys(CloudHost host) {
        Waiter<GetConsoleOutputResponse> waiter = Waiter.builder(GetConsoleOutputResponse.class)
                .addAcceptor(WaiterAcceptor.successOnResponseAcceptor(
                        answer -> keysIn(answer.output()).isPresent()))
                .addAcceptor(WaiterAcceptor.retryOnResponseAcceptor(answer -> true))
                .build();
        try {
            return waiter.run(
                            () -> ec2.patient()
                                    .getConsoleOutput(request ->
                                            request.instanceId(host.id()).latest(true)),
                            ec2.waiting(PATIENCE))
                    .matched()
                    .response()
                    .flatMap(answer -> keysIn(answer.output()))
                    .orElseThrow();
        } catch (SdkException e) {
            if (!Ec2Access.codeOf(Ec2Access.cause(e)).isEmpty()) {
                throw ec2.refusals().of("read the console of host " + host.name(), Ec2Access.cause(e));
            }
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "host " + host.name() + " (" + host.id() + ") has not told its SSH keys on its console within "
                            + PATIENCE.toSeconds() + " s",
                    "see 'aws ec2 get-console-output --latest --instance-id " + host.id()
                            + "'; the image must have cloud-init",
                    e);
        }
    }

    private static Optional<List<String>> keysIn(String output) {
        if (output == null) {
            return Optional.empty();
        }
        Matcher block = KEYS.matcher(new String(Base64.getMimeDecoder().decode(output), StandardCharsets.UTF_8));
        Optional<List<String>> keys = Optional.empty();
        while (block.find()) {
            keys = Optional.of(KEY.matcher(block.group(1))
                    .results()
                    .map(match -> match.group(1))
                    .toList());
        }
        return keys.filter(list -> !list.isEmpty());
    }

    /** Forgets a host that is no more. */
    void forget(String id) {
        try {
            Files.deleteIfExists(folder.resolve(id));
            Files.deleteIfExists(folder.resolve(id + ".keys"));
        } catch (IOException e) {
            // A few lines too many do no harm.
        }
    }
}
