/**
 * Hypervisors and guests of a test's own: private libvirt daemons in namespaces, and a small Linux that they run.
 *
 * <pre>
 *   try (var lab = Namespaces.open()) {
 *       var east = lab.namespace("east");
 *       var west = lab.namespace("west");
 *       lab.veth(east, "up0", "192.0.2.1/24", west, "up0", "192.0.2.2/24");
 *       try (var source = LibvirtHost.start(east, lab.scratch().resolve("east"), "192.0.2.1");
 *               var target = LibvirtHost.start(west, lab.scratch().resolve("west"), "192.0.2.2")) {
 *           var web = LinuxGuest.named("web").nic("tap0", "52:54:00:00:00:10", "10.1.0.10/24");
 *           // tap0 is made in both, by a connector or by 'ip tuntap add tap0 mode tap vnet_hdr'
 *           source.awaitReady().start(web);
 *           source.virsh("migrate", "--live", "--p2p", "web", target.awaitReady().tcpUri());
 *       }
 *   }
 * </pre>
 *
 * <p>The shell scripts beside these classes do the work, and serve scripts as well; the first lines of each say how.
 */
@NullMarked
package io.virtualwire.testkit.vm;

import org.jspecify.annotations.NullMarked;
