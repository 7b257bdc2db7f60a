package io.virtualwire.testkit.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Linux guest that answers ping, says its boot id at {@code http://…/cgi-bin/id}, and echoes TCP to port 7.
 *
 * @param memoryMebibytes of which it needs 96
 * @param dirtyMebibytes that it writes again and again, so that a move has something to copy
 * @param nics its interfaces, eth0 first
 */
public record LinuxGuest(String name, int memoryMebibytes, int dirtyMebibytes, List<Nic> nics) {
    public LinuxGuest {
        nics = List.copyOf(nics);
    }

    /** An interface of the guest: the host's TAP, which somebody else makes, its MAC and its IPv4 address in CIDR form. */
    public record Nic(String tap, String mac, String cidr) {}

    /** Without an interface. */
    public static LinuxGuest named(String name) {
        return new LinuxGuest(name, 128, 0, List.of());
    }

    /** The same with one more interface. */
    public LinuxGuest nic(String tap, String mac, String cidr) {
        List<Nic> more = new ArrayList<>(nics);
        more.add(new Nic(tap, mac, cidr));
        return new LinuxGuest(name, memoryMebibytes, dirtyMebibytes, more);
    }

    /** The same, writing so much again and again. */
    public LinuxGuest dirtying(int mebibytes) {
        return new LinuxGuest(name, memoryMebibytes + 2 * mebibytes, mebibytes, nics);
    }

    /** The libvirt domain. The kernel is made the first time; that takes seconds and Debian's archive. */
    public String domain() {
        String script = Workshop.script("guest.sh").toString();
        Path kernel = Workshop.folder().resolve("guest");
        Workshop.run(Map.of(), List.of("bash", script, "build", kernel.toString()));
        List<String> command = new ArrayList<>(List.of("bash", script, "xml", kernel.toString(), name));
        nics.forEach(nic -> command.add(nic.tap() + "," + nic.mac() + "," + nic.cidr()));
        Map<String, String> environment =
                Map.of("MEMORY", Integer.toString(memoryMebibytes), "DIRTY", Integer.toString(dirtyMebibytes));
        return Workshop.run(environment, command);
    }

    /** Its kernel's image, for those who describe the machine in another way. */
    public static Path kernel() {
        return built("vmlinuz");
    }

    /** Its initial RAM disk. */
    public static Path ramdisk() {
        return built("initrd.gz");
    }

    private static Path built(String file) {
        Path folder = Workshop.folder().resolve("guest");
        String script = Workshop.script("guest.sh").toString();
        Workshop.run(Map.of(), List.of("bash", script, "build", folder.toString()));
        return folder.resolve(file);
    }

    /**
     * QEMU, started by hand and without KVM, with TAPs that are there.
     *
     * @param console a file for what the guest says
     */
    public List<String> emulated(int mtuBytes, Path console) {
        List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "pc,accel=tcg"));
        command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none"));
        command.addAll(List.of("-m", Integer.toString(memoryMebibytes), "-serial", "file:" + console));
        command.addAll(
                List.of("-kernel", kernel().toString(), "-initrd", ramdisk().toString()));
        command.addAll(List.of("-append", commandLine(mtuBytes)));
        for (int i = 0; i < nics.size(); i++) {
            Nic nic = nics.get(i);
            command.addAll(List.of(
                    "-netdev",
                    "tap,id=tap" + i + ",ifname=" + nic.tap() + ",script=no,downscript=no,vhost=off",
                    "-device",
                    "virtio-net-pci,netdev=tap" + i + ",romfile=,host_mtu=" + mtuBytes + ",mac=" + nic.mac()));
        }
        return command;
    }

    /** What its kernel is told. */
    public String commandLine() {
        return commandLine(1500);
    }

    private String commandLine(int mtuBytes) {
        StringBuilder line = new StringBuilder("console=ttyS0 quiet panic=1 wire.name=" + name);
        line.append(" wire.mtu=").append(mtuBytes);
        line.append(" wire.dirty=").append(dirtyMebibytes);
        for (int i = 0; i < nics.size(); i++) {
            line.append(" wire.ip").append(i).append('=').append(nics.get(i).cidr());
        }
        return line.toString();
    }
}
