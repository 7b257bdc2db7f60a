package io.virtualwire.cloud.libvirt;

import static io.virtualwire.cloud.libvirt.Xml.child;
import static io.virtualwire.cloud.libvirt.Xml.leaf;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;
import org.libvirt.StorageVol;
import org.libvirt.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** The volumes of hosts in one pool, filled over libvirt's own connection: no files are shared with the hypervisor. */
final class Volumes {
    private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);
    /* What every libvirt takes in one message. */
    private static final int PIECE = 128 * 1024;

    private final Asking libvirt;
    private final String pool;

    Volumes(Asking libvirt, String pool) {
        this.libvirt = libvirt;
        this.pool = pool;
    }

    private interface Work<T> {
        T in(StoragePool pool) throws LibvirtException;
    }

    private interface Deed {
        void to(StorageVol volume) throws LibvirtException;
    }

    private <T> T with(String attempted, Work<T> work) {
        return libvirt.ask(attempted, connection -> {
            StoragePool found = connection.storagePoolLookupByName(pool);
            try {
                return work.in(found);
            } finally {
                found.free();
            }
        });
    }

    /** Fails if nothing can be stored there. */
    void require() {
        boolean active = with("look at pool " + pool, it -> it.isActive() == 1);
        if (!active) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "pool " + pool + " is not started",
                    "run 'virsh pool-start " + pool + "' there");
        }
    }

    /** The names of all there are, also of others'. */
    List<String> names() {
        return with("list the volumes of pool " + pool, it -> List.of(it.listVolumes()));
    }

    /** Makes a volume with this content. */
    void make(String name, byte[] content) {
        create(name, "raw", content.length);
        fill(name, content.length, new ByteArrayInputStream(content));
    }

    /**
     * Makes a disk as the image is, of that size or larger.
     *
     * @param bytes of the disk
     */
    void make(String name, DiskImage image, long bytes) {
        create(name, image.format(), bytes);
        try (InputStream content = Files.newInputStream(image.file())) {
            fill(name, image.fileBytes(), content);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot read the disk image " + image.file() + ": " + IoReason.of(e),
                    "see whether somebody writes it",
                    e);
        }
        // A raw volume is as large as it was made; what was written into another says how large it is.
        if (!image.format().equals("raw") && bytes > image.diskBytes()) {
            onVolume("enlarge volume " + name, name, volume -> volume.resize(bytes, 0));
        }
    }

    private void create(String name, String format, long bytes) {
        Element volume = Xml.root("volume");
        leaf(volume, "name", name);
        leaf(volume, "capacity", Long.toString(bytes)).setAttribute("unit", "bytes");
        // Filled as it is needed, where the pool can do that.
        leaf(volume, "allocation", "0");
        Element target = child(volume, "target");
        child(target, "format").setAttribute("type", format);
        leaf(child(target, "permissions"), "mode", "0600");
        with(
                "make volume " + name,
                it -> it.storageVolCreateXML(Xml.text(volume.getOwnerDocument()), 0)
                        .free());
    }

    private void fill(String name, long length, InputStream content) {
        with("fill volume " + name, it -> {
            StorageVol volume = it.storageVolLookupByName(name);
            try {
                upload(it.getConnect(), volume, length, content);
                return true;
            } finally {
                volume.free();
            }
        });
    }

    private static void upload(Connect connection, StorageVol volume, long length, InputStream content)
            throws LibvirtException {
        Stream stream = connection.streamNew(0);
        boolean whole = false;
        try {
            volume.upload(stream, 0, length, 0);
            send(stream, length, content);
            stream.finish();
            whole = true;
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot read what volume " + volume.getName() + " is to hold: " + IoReason.of(e),
                    "see whether somebody writes it",
                    e);
        } finally {
            if (whole) {
                stream.free();
            } else {
                giveUp(stream);
            }
        }
    }

    private static void send(Stream stream, long length, InputStream content) throws LibvirtException, IOException {
        long sent = 0;
        for (byte[] piece = content.readNBytes(PIECE); piece.length > 0; piece = content.readNBytes(PIECE)) {
            sent += piece.length;
            for (byte[] rest = piece; rest.length > 0; ) {
                rest = Arrays.copyOfRange(rest, stream.send(rest), rest.length);
            }
        }
        if (sent != length) {
            throw new IOException("it has " + sent + " bytes, and had " + length);
        }
    }

    /* What it says now is less than why it is given up. */
    private static void giveUp(Stream stream) {
        try {
            stream.abort();
        } catch (LibvirtException e) {
            LOG.debug("an upload cannot be aborted: {}", Refusal.words(e));
        }
        try {
            stream.free();
        } catch (LibvirtException e) {
            LOG.debug("an upload cannot be ended: {}", Refusal.words(e));
        }
    }

    /** Deletes a volume if it is there. */
    void delete(String name) {
        onVolume("delete volume " + name, name, volume -> volume.delete(0));
    }

    private void onVolume(String attempted, String name, Deed deed) {
        with(attempted, it -> {
            if (!List.of(it.listVolumes()).contains(name)) {
                return false;
            }
            StorageVol volume = it.storageVolLookupByName(name);
            try {
                deed.to(volume);
                return true;
            } finally {
                volume.free();
            }
        });
    }
}
