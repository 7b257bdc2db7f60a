package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Failure;
import io.virtualwire.association.StreamMessage.Hello;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a session of a control stream on which both ends have greeted, or ends the stream. Owner thread only. */
final class SessionMaker {
    private static final Logger LOG = LoggerFactory.getLogger(SessionMaker.class);

    private final AssociationContext context;
    private final Association association;
    private final Executor owner;

    SessionMaker(AssociationContext context, Association association, Executor owner) {
        this.context = context;
        this.association = association;
        this.owner = owner;
    }

    /** The peer dialled and has greeted; greets back. */
    @Nullable
    Session accepted(ControlStream stream, Hello hello) {
        Optional<CipherSuite> suite = CipherSuite.choose(context.ciphers(), hello.ciphers());
        if (suite.isEmpty()) {
            stream.refuse(new Failure(Failure.CIPHER, "none of " + hello.ciphers() + " is known here"), owner);
            return null;
        }
        int index = context.indices().reserve();
        try {
            stream.start(association, owner);
            stream.send(context.hello(index, false));
            return make(stream, false, hello.rekey(), hello, index, suite.get());
        } catch (IOException e) {
            return failed(stream, e);
        } finally {
            context.indices().release(index);
        }
    }

    /** We dialled with this index, and the peer has greeted back. */
    @Nullable
    Session dialled(ControlStream stream, boolean rekey, Hello hello, int index) {
        Optional<CipherSuite> suite = CipherSuite.choose(hello.ciphers(), context.ciphers());
        if (suite.isEmpty()) {
            stream.cut();
            return null;
        }
        try {
            stream.start(association, owner);
            return make(stream, true, rekey, hello, index, suite.get());
        } catch (IOException e) {
            return failed(stream, e);
        }
    }

    private Session make(
            ControlStream stream, boolean dialled, boolean rekey, Hello hello, int index, CipherSuite suite)
            throws IOException {
        int peerIndex = (int) hello.sessionIndex();
        byte[] exported = stream.export(
                SessionKeys.EXPORTER_LABEL,
                SessionKeys.exporterContext(dialled ? index : peerIndex, dialled ? peerIndex : index),
                SessionKeys.LENGTH);
        return new Session(
                association,
                stream,
                dialled,
                rekey,
                hello,
                index,
                new Sealing(context.library(), suite),
                new SessionKeys(exported),
                context.plan(hello),
                context.limits().mostDatagrams(),
                context.now());
    }

    private @Nullable Session failed(ControlStream stream, IOException e) {
        LOG.warn("session with {} failed: {}", association.peer(), e.getMessage());
        stream.cut();
        return null;
    }
}
