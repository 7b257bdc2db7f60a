package io.virtualwire.cloud.libvirt;

import io.virtualwire.cloud.spi.Admission;
import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CloudResource;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.cloud.spi.HostState;
import io.virtualwire.cloud.ssh.LoginKey;
import io.virtualwire.cloud.ssh.SshKeyPair;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Hosts as guests of a libvirt: launched in the order seed, disk, domain, start, and removed in the other one.
 *
 * <p>Nothing is remembered here: what there is libvirt tells, domains by the tag in their metadata, volumes by their names.
 */
final class LibvirtCloudAdapter implements CloudAdapter {
    private static final long GIBI = 1L << 30;

    private final String name;
    private final LibvirtSettings settings;
    private final Asking libvirt;
    private final HostDomains domains;
    private final Volumes volumes;
    private final LoginKey login;
    private final Doors doors;
    private final Pause pause;

    /** Waits a while before something is looked at again. */
    @FunctionalInterface
    interface Pause {
        Pause REAL = Thread::sleep;

        void take(Duration length) throws InterruptedException;
    }

    LibvirtCloudAdapter(String name, LibvirtSettings settings, Asking libvirt, Path folder, Pause pause) {
        this.name = name;
        this.settings = settings;
        this.libvirt = libvirt;
        this.pause = pause;
        domains = new HostDomains(libvirt, name);
        volumes = new Volumes(libvirt, settings.pool());
        login = LoginKey.of(name, settings.sshKey(), folder);
        doors = new Doors(login, settings.user(), folder);
    }

    static LibvirtCloudAdapter open(String name, LibvirtSettings settings, Path folder) {
        return new LibvirtCloudAdapter(name, settings, new CloudLink(settings.uri()), folder, Pause.REAL);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<CloudHost> hosts() {
        List<HostDomains.Found> found = domains.all();
        if (found.isEmpty()) {
            return List.of();
        }
        HostDomains.Place place = domains.place(settings.network());
        return found.stream().map(it -> described(it, place)).toList();
    }

    private static CloudHost described(HostDomains.Found found, HostDomains.Place place) {
        InetAddress address = found.address();
        return new CloudHost(
                found.tag().host(),
                found.state(),
                address == null ? InetAddress.getLoopbackAddress() : address,
                address,
                place.id(),
                place.mtu(),
                found.tag().size(),
                found.id());
    }

    @Override
    public CloudHost launch(HostOrder order) {
        Optional<HostDomains.Found> existing = domains.find(order.name());
        if (existing.isPresent()) {
            // Also one that a killed process had made and not yet started.
            domains.start(order.name(), names(order.name()).domain());
            return awaitAddress(order);
        }
        GuestSize size = order.type() == null ? settings.size() : GuestSize.parse(order.type());
        DiskImage image = DiskImage.read(settings.image());
        boolean emulated = emulated();
        domains.require(settings.network());
        volumes.require();
        try {
            make(order, size, image, emulated);
            return awaitAddress(order);
        } catch (RuntimeException e) {
            undo(order.name(), e);
            throw e;
        }
    }

    private boolean emulated() {
        HostDomains.Capabilities capabilities = domains.capabilities();
        if (!capabilities.architecture().equals("x86_64")) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "the hypervisor of cloud " + name + " is of architecture " + capabilities.architecture()
                            + ": hosts are x86_64",
                    "use another hypervisor, or install such a machine yourself and add it to a cloud of type ssh");
        }
        boolean wanted = settings.virtualization().equals(Optional.of(LibvirtSettings.Virtualization.HARDWARE));
        if (wanted && !capabilities.kvm()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "the hypervisor of cloud " + name + " has no KVM",
                    "see 'virt-host-validate qemu' there, or add the cloud with --virtualization software");
        }
        return !capabilities.kvm()
                || settings.virtualization().equals(Optional.of(LibvirtSettings.Virtualization.SOFTWARE));
    }

    private void make(HostOrder order, GuestSize size, DiskImage image, boolean emulated) {
        long bytes = settings.diskGibibytes() * GIBI;
        if (image.diskBytes() > bytes) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "the disk image " + image.file() + " is of a disk of " + image.diskBytes()
                            + " bytes, which is more than " + settings.diskGibibytes() + " GiB",
                    "add the cloud with a larger --disk");
        }
        VolumeNames names = names(order.name());
        // What a killed process left may be half of something.
        names.all().forEach(volumes::delete);
        UUID id = UUID.randomUUID();
        SshKeyPair hostKey = SshKeyPair.generate("virtualwire-" + name + "-" + order.name());
        Seed seed = new Seed(id, order.name(), login.publicLine(), hostKey, order.userData());
        volumes.make(names.seed(), seed.disk());
        volumes.make(names.disk(), image, bytes);
        HostTag tag = new HostTag(name, order.name(), size.toString(), hostKey.publicLine());
        domains.define(new HostDomain(
                id, names.domain(), tag, size, emulated, settings.pool(), names, image.format(), settings.network()));
        domains.start(order.name(), names.domain());
    }

    private CloudHost awaitAddress(HostOrder order) {
        long limit = System.nanoTime() + order.patience().toNanos();
        while (true) {
            CloudHost host = hosts().stream()
                    .filter(it -> it.name().equals(order.name()))
                    .findFirst()
                    .orElseThrow(() -> new WireException(
                            ErrorCode.UNAVAILABLE,
                            "host " + order.name() + " of cloud " + name + " was launched and is gone again",
                            "see libvirtd's log there for who removed it"));
            if (host.state() == HostState.RUNNING) {
                return host;
            }
            if (host.state() == HostState.STOPPED) {
                throw new WireException(
                        ErrorCode.UNAVAILABLE,
                        "host " + order.name() + " of cloud " + name + " was started and has stopped",
                        "see whether the image boots: 'virsh start --console "
                                + names(order.name()).domain() + "'");
            }
            if (System.nanoTime() > limit) {
                throw new WireException(
                        ErrorCode.UNAVAILABLE,
                        "host " + order.name() + " of cloud " + name + " had no address within "
                                + order.patience().toSeconds() + " s",
                        "see whether the image boots and asks DHCP, and whether network " + settings.network()
                                + " answers; where another server does, the image needs qemu-guest-agent");
            }
            rest();
        }
    }

    private void rest() {
        try {
            pause.take(Duration.ofMillis(500));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(
                    ErrorCode.UNAVAILABLE, "interrupted while a host of cloud " + name + " starts", "", e);
        }
    }

    private void undo(String host, RuntimeException failure) {
        try {
            removeAll(host);
        } catch (RuntimeException e) {
            failure.addSuppressed(new WireException(
                    ErrorCode.SYSTEM,
                    "and what was made for host " + host + " so far could not be removed: " + e.getMessage(),
                    "run 'wire host rm " + host + "'",
                    e));
        }
    }

    @Override
    public void remove(String host) {
        HostOrder.requireName(host);
        Optional<HostDomains.Found> found = domains.find(host);
        removeAll(host);
        found.map(HostDomains.Found::id).ifPresent(doors::forget);
    }

    private void removeAll(String host) {
        domains.remove(host);
        names(host).all().forEach(volumes::delete);
    }

    private VolumeNames names(String host) {
        return new VolumeNames(name, host);
    }

    @Override
    public HostShell shell(CloudHost host) {
        HostDomains.Found now = domains.find(host.name())
                .filter(found -> found.id().equals(host.id()))
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "cloud " + name + " has no host " + host.name() + " (" + host.id() + ") any more",
                        "launch it again"));
        if (now.address() == null) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "host " + host.name() + " of cloud " + name + " has no address: it is "
                            + (now.state() == HostState.STOPPED ? "stopped" : "starting"),
                    "wait for it, or see 'virsh console " + names(host.name()).domain() + "'");
        }
        return doors.open(
                described(now, domains.place(settings.network())), now.tag().hostKey());
    }

    /* Between guests of a network libvirt lets everything through. */
    @Override
    public void admit(String host, Set<Admission> peers) {
        HostOrder.requireName(host);
    }

    @Override
    public Optional<InetAddress> outside() {
        return settings.outside();
    }

    @Override
    public List<CloudResource> resources() {
        List<CloudResource> found = new ArrayList<>();
        for (HostDomains.Found host : domains.all()) {
            found.add(new CloudResource(
                    host.described().emulated() ? "domain, emulated" : "domain, KVM",
                    names(host.tag().host()).domain(),
                    host.tag().host(),
                    BigDecimal.ZERO));
        }
        volumes.names().stream()
                .sorted()
                .forEach(volume -> VolumeNames.of(name, volume)
                        .ifPresent(of -> found.add(new CloudResource("volume", volume, of.host(), BigDecimal.ZERO))));
        return found;
    }

    @Override
    public void close() {
        libvirt.close();
    }
}
