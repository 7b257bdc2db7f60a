package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.Side;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.wire.PeerMessage;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers of the release before and of the one after: what they say on the control stream is written out here, byte for byte. */
class SkewTest {
    /** The least that the first release says. */
    private static final String FIRST = "'version':1,'features':[]";
    /** A release that speaks more, and says what this one does not know. */
    private static final String LATER =
            "'version':2,'features':['frames','from-the-future'],'compression':{'level':3},'epoch':7";

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials other = acme.issue("other");
    private final Daemon daemon = Daemon.start(acme.issue("daemon"), AssociationLimits.DEFAULT);

    @AfterEach
    void stop() {
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {FIRST, LATER})
    void aPeerOfAnotherReleaseDials(String hello) throws Exception {
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), daemon.associations.port());
                SSLSocket tls = new TlsContexts(other).clientSocket(raw, daemon.identity)) {
            tls.startHandshake();
            say(tls, hello(hello));
            DataInputStream in = new DataInputStream(tls.getInputStream());
            assertThat(read(in)).contains("\"type\":\"hello\"", "\"version\":1");
            agree(tls, in);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FIRST, LATER})
    void aPeerOfAnotherReleaseIsDialled(String hello) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            daemon.run(
                    () -> daemon.associations.acquire(other.identity(), List.of("127.0.0.1:" + server.getLocalPort())));
            try (Socket raw = server.accept();
                    SSLSocket tls = new TlsContexts(other).serverSocket(raw, daemon.identity::equals)) {
                tls.startHandshake();
                DataInputStream in = new DataInputStream(tls.getInputStream());
                assertThat(read(in))
                        .contains("\"type\":\"hello\"", "\"version\":1", "\"features\":[\"frames\",\"lane-pairs\"]");
                say(tls, hello(hello));
                agree(tls, in);
            }
        }
    }

    /** What cannot be left out ends the connection with its reason, and nothing else. */
    @Test
    void whatALaterReleaseInsistsOnIsRefused() throws Exception {
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), daemon.associations.port());
                SSLSocket tls = new TlsContexts(other).clientSocket(raw, daemon.identity)) {
            tls.startHandshake();
            say(tls, hello(LATER));
            DataInputStream in = new DataInputStream(tls.getInputStream());
            read(in);
            read(in);
            say(tls, "{'type':'from-the-future','number':1}");
            assertThat(read(in)).contains("\"type\":\"error\"", "PROTOCOL", "from-the-future");
        }
    }

    /** Both are ready, and hear each other: also with fields, and messages, that only one of them knows. */
    private void agree(SSLSocket tls, DataInputStream in) throws IOException {
        assertThat(read(in)).contains("\"type\":\"ready\"");
        say(tls, "{'type':'ready','hurry':true}");
        say(tls, "{'type':'from-the-future','optional':true,'number':1}");
        say(
                tls,
                "{'type':'offer','number':2,'wire':'" + new UUID(1, 2) + "','side':'b','generation':'1',"
                        + "'peerGeneration':'1','index':5,'role':'active','plain':false,'relay':false,'colour':'red'}");
        await().atMost(Daemon.PATIENCE).until(() -> daemon.ups.size() == 1 && daemon.told.size() == 1);
        assertThat(daemon.told.getFirst())
                .isInstanceOfSatisfying(
                        PeerMessage.Offer.class,
                        offer -> assertThat(offer.side()).isEqualTo(Side.B));
    }

    private static String hello(String versionAndFeatures) {
        return "{'type':'hello'," + versionAndFeatures + ",'instance':'" + UUID.randomUUID()
                + "','sessionIndex':77,'lanes':1,'udpPorts':[9],'ciphers':['from-the-future','aes-256-gcm'],"
                + "'rekey':false}";
    }

    private static void say(SSLSocket tls, String json) throws IOException {
        byte[] text = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(message);
        out.writeInt(text.length);
        out.write(text);
        tls.getOutputStream().write(message.toByteArray());
    }

    private static String read(DataInputStream in) throws IOException {
        byte[] text = new byte[in.readInt()];
        in.readFully(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
