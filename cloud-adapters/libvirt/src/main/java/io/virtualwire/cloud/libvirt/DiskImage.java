package io.virtualwire.cloud.libvirt;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The disk image that hosts boot, a file of this machine.
 *
 * @param format {@code qcow2} or {@code raw}
 * @param fileBytes of the file
 * @param diskBytes of the disk that it is
 */
record DiskImage(Path file, String format, long fileBytes, long diskBytes) {
    /* Of qcow2, QEMU's docs/interop/qcow2.txt: all numbers begin with the highest byte. */
    private static final int QCOW2 = 0x51_46_49_fb;
    private static final int BACKING_FILE_OFFSET = 8;
    private static final int SIZE_OFFSET = 24;
    private static final int HEADER = 32;

    static DiskImage read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            while (header.hasRemaining() && channel.read(header) > 0) {
                // A file may be read in pieces.
            }
            long size = channel.size();
            if (header.hasRemaining()) {
                throw refused(file, "it has " + size + " bytes");
            }
            if (header.getInt(0) != QCOW2) {
                return new DiskImage(file, "raw", size, size);
            }
            if (header.getLong(BACKING_FILE_OFFSET) != 0) {
                throw refused(file, "it is only what differs from another file");
            }
            return new DiskImage(file, "qcow2", size, header.getLong(SIZE_OFFSET));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot read the disk image " + file + ": " + IoReason.of(e),
                    "name another with 'wire cloud add --image FILE'",
                    e);
        }
    }

    private static WireException refused(Path file, String why) {
        return new WireException(
                ErrorCode.BAD_REQUEST,
                file + " is no disk image that a host could boot: " + why,
                "take one such as Debian's debian-12-genericcloud-amd64.qcow2, or see 'qemu-img info " + file + "'");
    }
}
