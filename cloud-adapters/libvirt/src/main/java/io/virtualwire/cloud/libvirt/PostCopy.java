package io.virtualwire.cloud.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import org.jspecify.annotations.Nullable;

/**
 * The second half of a post-copy move: the machine goes on at the target, and fetches what is missing from the source.
 *
 * <p>libvirt does not begin it by itself, and its Java library has no call for it: hence a connection beside the library's.
 */
final class PostCopy {
    private final Virt virt;
    private final String uri;

    /** The functions of libvirt's C library that are needed, under its own names. */
    interface Virt extends Library {
        @Nullable
        Pointer virConnectOpen(String uri);

        int virConnectClose(Pointer connection);

        @Nullable
        Pointer virDomainLookupByName(Pointer connection, String name);

        int virDomainFree(Pointer domain);

        int virDomainMigrateStartPostCopy(Pointer domain, int flags);
    }

    /** @param uri of the source */
    PostCopy(String uri) {
        this.virt = Native.load("virt", Virt.class);
        this.uri = uri;
    }

    /** Fails if the move is not one that was begun so, or has ended. */
    void start(String machine) {
        Pointer connection = virt.virConnectOpen(uri);
        if (connection == null) {
            throw refused(machine, "there is no connection to " + uri);
        }
        try {
            Pointer domain = virt.virDomainLookupByName(connection, machine);
            if (domain == null) {
                throw refused(machine, "it is not at " + uri);
            }
            try {
                if (virt.virDomainMigrateStartPostCopy(domain, 0) != 0) {
                    throw refused(machine, "its hypervisor refuses");
                }
            } finally {
                virt.virDomainFree(domain);
            }
        } finally {
            virt.virConnectClose(connection);
        }
    }

    private static WireException refused(String machine, String why) {
        return new WireException(
                ErrorCode.SYSTEM, "cannot let " + machine + " go on at the target: " + why, "it is copied to its end");
    }
}
