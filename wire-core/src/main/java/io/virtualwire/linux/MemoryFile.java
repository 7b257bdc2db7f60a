package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is in memory only and has no name: who has a descriptor of it can read it, and it is gone with the last one. */
public final class MemoryFile {
    private static final int MFD_CLOEXEC = 1;

    private MemoryFile() {}

    /** Makes one; gives its descriptor, which the caller closes. */
    public static int holding(byte[] content) {
        int descriptor = new Syscalls().memoryFile("virtualwire", MFD_CLOEXEC);
        if (descriptor < 0) {
            throw Syscalls.failure("make a file in memory", descriptor, "see the cause");
        }
        try (FileChannel channel = open(descriptor)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException e) {
            UnixSocket.closeDescriptor(descriptor);
            throw failed(e);
        }
        return descriptor;
    }

    /** Takes its content out: whoever else has a descriptor of it finds it empty from now on. */
    public static byte[] take(int descriptor) {
        try (FileChannel channel = open(descriptor)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            while (content.hasRemaining() && channel.read(content) >= 0) {
                continue;
            }
            channel.truncate(0);
            return content.array();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static FileChannel open(int descriptor) throws IOException {
        return FileChannel.open(
                Path.of("/proc/self/fd/" + descriptor), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static WireException failed(IOException e) {
        return new WireException(ErrorCode.SYSTEM, "cannot use a file in memory: " + e, "see the cause", e);
    }
}
