package io.virtualwire.cli.provision;

import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Installs the package, with libvirt and QEMU, which it recommends, unless no virtual machines are to run there. */
final class PackageStep implements HostStep {
    private static final Duration MOMENT = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofMinutes(20);
    private static final String FILE = "/var/cache/virtualwire/virtualwire.deb";
    private static final String MARK = "/var/cache/virtualwire/installed";

    /* At its first boot a machine may be installing things itself. The lists may be old, or there may be no network but all that is needed. */
    private static final String INSTALL = """
            export DEBIAN_FRONTEND=noninteractive LC_ALL=C
            if command -v cloud-init >/dev/null; then cloud-init status --wait >/dev/null 2>&1; fi
            set -- "$1" $2 -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold
            file=$1; shift
            apt-get "$@" update >/dev/null 2>&1
            apt-get "$@" --reinstall install "$file" </dev/null || exit
            dpkg-query -W -f '${Version}' virtualwire
            """;

    private final OwnCommand own;
    private final Optional<Path> given;

    /** @param given the package, if somebody named it */
    PackageStep(OwnCommand own, Optional<Path> given) {
        this.own = own;
        this.given = given;
    }

    @Override
    public Step reaches() {
        return Step.PACKAGE_INSTALLED;
    }

    @Override
    public String take(Site site) {
        HostShell shell = site.shell();
        if (shell.layout().shared()) {
            return "none: it shares this machine's " + own.required();
        }
        Path file = given.orElseGet(own::requiredPackage);
        String digest = digest(file);
        CommandResult installed = shell.run(MOMENT, List.of("cat", MARK));
        if (installed.succeeded() && installed.output().strip().equals(digest)) {
            return "there already";
        }
        shell.put(FILE, 0644, file);
        CommandResult result = shell.run(
                LONG,
                List.of(
                        "sh",
                        "-c",
                        INSTALL,
                        "install",
                        FILE,
                        site.record().wanted().vms() ? "--install-recommends" : "--no-install-recommends"));
        if (!result.succeeded()) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot install " + file.getFileName() + " on " + site.name() + ": "
                            + last(result.output().strip()),
                    "it has to be Debian 12 or later, or a relative of it, with its archive in reach");
        }
        shell.put(MARK, 0644, (digest + "\n").getBytes(StandardCharsets.UTF_8));
        String version = last(result.output().strip());
        site.note(site.record().with(site.record().facts().withVersion(version)));
        return "virtualwire " + version;
    }

    private static String last(String output) {
        List<String> lines = output.lines().toList();
        return String.join("; ", lines.subList(Math.max(0, lines.size() - 1), lines.size()));
    }

    private static String digest(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            try (DigestInputStream counted = new DigestInputStream(content, sha)) {
                counted.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "cannot read the package " + file + ": " + IoReason.of(e),
                    "make one with packaging/deb.sh",
                    e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
