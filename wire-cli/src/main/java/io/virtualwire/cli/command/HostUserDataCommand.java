package io.virtualwire.cli.command;

import io.virtualwire.cli.output.ExitCode;
import io.virtualwire.cli.output.Output;
import io.virtualwire.cloud.spi.PackageSource;
import io.virtualwire.cloud.spi.UserData;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wire host user-data}. */
@Command(
        name = "user-data",
        description = {
            "Print cloud-init user data for a machine that you start yourself.",
            "It lets one key log in and may install VirtualWire's package at the first boot. Nothing in it is secret."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  wire host user-data --key ~/.ssh/id_ed25519.pub > user-data",
            "  wire host user-data --key me.pub --package URL --sha256 DIGITS"
        })
final class HostUserDataCommand implements Callable<Integer> {
    @Option(
            names = "--key",
            required = true,
            paramLabel = "FILE",
            description = "A public key, as in ~/.ssh/id_ed25519.pub, with which one may log in.")
    private Path key;

    @Option(
            names = "--login",
            paramLabel = "NAME",
            defaultValue = "wire",
            description = "The account that is made, which may become root; default: wire.")
    private String login;

    @Option(
            names = "--install",
            paramLabel = "PACKAGE",
            split = ",",
            description = "Packages of the host's own distribution to install, such as qemu-system-x86.")
    private List<String> install = List.of();

    @ArgGroup(exclusive = false)
    private @Nullable From from;

    @Mixin
    private Output output;

    static final class From {
        @Option(
                names = "--package",
                required = true,
                paramLabel = "URL",
                description = "Where VirtualWire's Debian package is fetched from at the first boot.")
        private URI uri;

        @Option(
                names = "--sha256",
                required = true,
                paramLabel = "DIGITS",
                description = "What sha256sum prints of that package.")
        private String sha256;
    }

    @Override
    public Integer call() {
        UserData data = UserData.of(login, publicKey()).withPackages(install);
        String text = (from == null ? data : data.withPackage(new PackageSource(from.uri, from.sha256))).render();
        output.print(Map.of("userData", text), out -> out.print(text));
        return ExitCode.OK;
    }

    private String publicKey() {
        try {
            return Files.readString(key).strip();
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot read the public key in " + key + ": " + IoReason.of(e),
                    "name a file as ssh-keygen writes it, the one that ends in .pub",
                    e);
        }
    }
}
