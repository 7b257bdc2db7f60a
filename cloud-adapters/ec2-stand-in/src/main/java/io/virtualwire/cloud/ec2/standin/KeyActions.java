package io.virtualwire.cloud.ec2.standin;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/** What can be done with key pairs. */
final class KeyActions {
    private final Account account;

    KeyActions(Account account) {
        this.account = account;
    }

    KeyPair find(String name) {
        return account.keys().values().stream()
                .filter(key -> key.name.equals(name))
                .findFirst()
                .filter(Thing::seen)
                .orElseThrow(
                        () -> ApiError.of("InvalidKeyPair.NotFound", "The key pair '" + name + "' does not exist"));
    }

    Consumer<Answer> importKey(Parameters request) {
        String name = request.require("KeyName");
        String material =
                new String(Base64.getDecoder().decode(request.require("PublicKeyMaterial")), StandardCharsets.US_ASCII);
        if (!material.strip().matches("(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+=*( .*)?")) {
            throw ApiError.of("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
        }
        if (account.keys().values().stream().anyMatch(key -> key.name.equals(name))) {
            throw ApiError.of("InvalidKeyPair.Duplicate", "The keypair '" + name + "' already exists.");
        }
        KeyPair key = new KeyPair(account.id("key"), request.tags("key-pair"), account.lag(), name, material.strip());
        account.keys().put(key.id(), key);
        return answer -> {
            describe(answer, key);
            answer.value("keyFingerprint", "not computed");
        };
    }

    Consumer<Answer> describe(Parameters request) {
        List<String> names = request.list("KeyName");
        List<String> ids = request.list("KeyPairId");
        names.forEach(this::find);
        List<KeyPair> found = Account.filtered(account.keys().values(), request.filters()).stream()
                .filter(key -> names.isEmpty() || names.contains(key.name))
                .filter(key -> ids.isEmpty() || ids.contains(key.id()))
                .toList();
        return answer -> answer.items("keySet", found, (item, key) -> {
            describe(item, key);
            item.value("keyType", key.publicKey.startsWith("ssh-rsa") ? "rsa" : "ed25519");
        });
    }

    private static void describe(Answer answer, KeyPair key) {
        answer.value("keyName", key.name);
        answer.value("keyPairId", key.id());
        answer.tags(key.tags());
    }

    /** Deleting what is not there succeeds. */
    Consumer<Answer> delete(Parameters request) {
        String name = request.text("KeyName").orElse("");
        String id = request.text("KeyPairId").orElse("");
        if (name.isEmpty() && id.isEmpty()) {
            throw ApiError.missing("KeyName");
        }
        account.keys()
                .values()
                .removeIf(key -> key.name.equals(name) || key.id().equals(id));
        return answer -> answer.value("return", true);
    }
}
