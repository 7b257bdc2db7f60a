package io.virtualwire.cloud.libvirt;

/** Who asks libvirt; one question is all of it or nothing. */
interface Asking extends AutoCloseable {
    /** Asks; a refusal is told as what was attempted. */
    <T> T ask(String attempted, LibvirtLink.Question<T> question);

    @Override
    void close();
}
