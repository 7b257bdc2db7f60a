package io.virtualwire.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Always answers with the key of the {@link Credentials} that are current when a handshake asks, whatever the peer says it
 * would prefer.
 *
 * <p>A handshake asks thrice: which key, its certificate, the key. The first answer names the credentials, so that the others fit
 * to it when new ones come in between.
 */
final class OwnKeyManager extends X509ExtendedKeyManager {
    private static final String KEY_TYPE = "EC";

    /** How many credentials back a handshake may lag; each is in use for seconds at least. */
    private static final int REMEMBERED = 4;

    private final Supplier<Credentials> current;
    private final boolean withAuthority;
    private final List<Credentials> recent = new CopyOnWriteArrayList<>();

    /** @param withAuthority whether to show the authority's certificate too, to peers that only know its fingerprint */
    OwnKeyManager(Supplier<Credentials> current, boolean withAuthority) {
        this.current = current;
        this.withAuthority = withAuthority;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasAmong(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasAmong(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasAmong(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasAmong(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        Credentials named = named(alias);
        return withAuthority
                ? new X509Certificate[] {
                    named.certificate(), named.authorities().getFirst()
                }
                : new X509Certificate[] {named.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return named(alias).key();
    }

    private String @Nullable [] aliases(String keyType) {
        String alias = aliasAmong(keyType);
        return alias == null ? null : new String[] {alias};
    }

    private @Nullable String aliasAmong(String... keyTypes) {
        for (String keyType : keyTypes) {
            if (keyType.equals(KEY_TYPE)) {
                return remember(current.get());
            }
        }
        return null;
    }

    private synchronized String remember(Credentials now) {
        if (recent.isEmpty() || recent.getLast() != now) {
            recent.add(now);
            if (recent.size() > REMEMBERED) {
                recent.removeFirst();
            }
        }
        return alias(now);
    }

    private Credentials named(String alias) {
        for (Credentials one : recent) {
            if (alias(one).equals(alias)) {
                return one;
            }
        }
        return current.get();
    }

    private static String alias(Credentials credentials) {
        return credentials.certificate().getSerialNumber().toString(Character.MAX_RADIX);
    }
}
