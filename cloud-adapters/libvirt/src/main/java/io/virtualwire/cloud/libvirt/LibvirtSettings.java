package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.CloudSetting;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What was said of a cloud of type libvirt.
 *
 * @param uri of the hypervisor, as libvirt writes them
 * @param image what hosts boot, a file of this machine
 * @param network of libvirt, in which they are
 * @param pool of libvirt, in which their volumes are
 * @param size of hosts, unless an order names one
 * @param diskGibibytes how large their disks are
 * @param user who may log in and become root
 * @param sshKey a private key whose public one lies beside as {@code .pub}; empty: one that is made for this cloud
 * @param virtualization by the processor or by software; empty: by the processor where it can
 * @param outside as which address other clouds see its hosts
 */
record LibvirtSettings(
        String uri,
        Path image,
        String network,
        String pool,
        GuestSize size,
        int diskGibibytes,
        String user,
        Optional<Path> sshKey,
        Optional<Virtualization> virtualization,
        Optional<InetAddress> outside) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:+-]{0,62}");
    private static final Pattern LOGIN = Pattern.compile("[a-z_][a-z0-9_-]{0,30}");

    /** How the processor of a host is made. */
    enum Virtualization {
        /** By KVM. */
        HARDWARE,
        /** By QEMU alone, which is slow. */
        SOFTWARE
    }

    static List<CloudSetting> known() {
        return List.of(
                new CloudSetting("uri", "URI", "libvirt: of the hypervisor, such as qemu:///system.", true),
                new CloudSetting(
                        "image", "FILE", "libvirt: what they boot, qcow2 or raw, with cloud-init; a file here.", true),
                new CloudSetting("network", "NAME", "libvirt: where they are; default: default.", false),
                new CloudSetting("pool", "NAME", "libvirt: where their disks are; default: default.", false),
                new CloudSetting("size", "CPUSxMIB", "libvirt: of hosts; default: " + GuestSize.DEFAULT + ".", false),
                new CloudSetting("disk", "GIB", "libvirt: the size of their disks; default: 16.", false),
                new CloudSetting("user", "NAME", "libvirt: the image's login user; default: debian.", false),
                new CloudSetting(
                        "ssh-key", "FILE", "libvirt: your private key, with FILE.pub; default: one is made.", false),
                new CloudSetting(
                        "virtualization",
                        "HOW",
                        "libvirt: hardware or software; default: hardware if it is there.",
                        false),
                CloudSetting.outside("libvirt"));
    }

    static LibvirtSettings parse(String cloud, Map<String, String> settings) {
        return new LibvirtSettings(
                uri(cloud, settings.getOrDefault("uri", "")),
                image(cloud, settings.getOrDefault("image", "")),
                named(cloud, settings, "network", "default", NAME),
                named(cloud, settings, "pool", "default", NAME),
                GuestSize.parse(settings.getOrDefault("size", GuestSize.DEFAULT)),
                disk(cloud, settings.getOrDefault("disk", "16")),
                named(cloud, settings, "user", "debian", LOGIN),
                Optional.ofNullable(settings.get("ssh-key")).map(Path::of),
                Optional.ofNullable(settings.get("virtualization")).map(how -> virtualization(cloud, how)),
                CloudSetting.outside(cloud, settings));
    }

    private static String uri(String cloud, String text) {
        try {
            if (!text.isBlank() && URI.create(text).getScheme() != null) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw refused(
                cloud, "uri", text, "write one that virsh takes, such as qemu:///system or qemu+ssh://root@lab/system");
    }

    private static Path image(String cloud, String text) {
        if (text.isBlank()) {
            throw refused(
                    cloud,
                    "image",
                    text,
                    "name the file of a disk image, such as Debian's debian-12-genericcloud-amd64.qcow2");
        }
        return Path.of(text).toAbsolutePath();
    }

    private static Virtualization virtualization(String cloud, String how) {
        for (Virtualization each : Virtualization.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(how)) {
                return each;
            }
        }
        throw refused(cloud, "virtualization", how, "say hardware or software");
    }

    private static int disk(String cloud, String text) {
        try {
            int size = Integer.parseInt(text);
            if (size >= 1 && size <= 16_384) {
                return size;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw refused(cloud, "disk", text, "say how many GiB, from 1 to 16384");
    }

    private static String named(
            String cloud, Map<String, String> settings, String setting, String otherwise, Pattern pattern) {
        String value = settings.getOrDefault(setting, otherwise);
        if (!pattern.matcher(value).matches()) {
            throw refused(cloud, setting, value, "see docs/adapters.md");
        }
        return value;
    }

    private static WireException refused(String cloud, String name, String value, String hint) {
        return new WireException(
                ErrorCode.BAD_REQUEST, "cloud " + cloud + " cannot have the " + name + " '" + value + "'", hint);
    }
}
