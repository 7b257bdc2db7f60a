package io.virtualwire.cloud.ec2.standin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A public key that was imported, by which people log in. */
final class KeyPair extends Thing {
    final String name;
    final String publicKey;

    KeyPair(String id, Map<String, String> tags, int hidden, String name, String publicKey) {
        super(id, tags, hidden);
        this.name = name;
        this.publicKey = publicKey;
    }

    @Override
    @Nullable
    String property(String filter) {
        return switch (filter) {
            case "key-name" -> name;
            case "key-pair-id" -> id();
            default -> null;
        };
    }
}
