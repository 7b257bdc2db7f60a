package io.virtualwire.connector.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The few things that a journal asks of a file system, so that tests can fail each of them. */
interface JournalFolder {

    boolean exists(String name) throws IOException;

    byte[] read(String name) throws IOException;

    /** Opens a file for appending, making it if need be. */
    OpenFile open(String name) throws IOException;

    /** Puts {@code from} in the place of {@code to} in one step. */
    void rename(String from, String to) throws IOException;

    /** Removes a file if it is there. */
    void delete(String name) throws IOException;

    /** Makes every earlier rename, creation and removal durable. */
    void sync() throws IOException;

    /** How a person finds that file. */
    String locate(String name);

    /** Which disk it is on and how much room is there, for a person. */
    String disk();

    /** One file, open for appending. */
    interface OpenFile extends Closeable {
        long size() throws IOException;

        /** Writes all of it at the end, or throws having written some of it. */
        void append(ByteBuffer bytes) throws IOException;

        void truncate(long size) throws IOException;

        /** Makes everything appended so far durable. */
        void force() throws IOException;
    }
}
