package io.virtualwire.cloud.libvirt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.virtualwire.cloud.ssh.SshKeyPair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What cloud-init finds at a host's first boot, by its source NoCloud: who the host is, who may log in, the keys by which it is known, and
 * what the order says.
 *
 * <p>The host's private key is in it: nobody reads the disk but the superuser of the host, and who may do all with the hypervisor.
 *
 * @param id by which cloud-init knows whether it is another machine
 * @param login the public key that opens it
 * @param hostKey by which it is known
 * @param userData what the order says; may be empty
 */
record Seed(UUID id, String host, String login, SshKeyPair hostKey, String userData) {
    private static final String LABEL = "cidata";
    /* Every text in quotes or as a block: what YAML takes for a number or a yes is a matter of its version. */
    private static final ObjectWriter WRITER = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .build()
            .writer();

    byte[] disk() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("meta-data", metaData());
        files.put("user-data", userData.isEmpty() ? "#cloud-config\n{}\n" : userData);
        files.put("vendor-data", vendorData());
        return SeedDisk.of(LABEL, files);
    }

    private String metaData() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("instance-id", id.toString());
        data.put("local-hostname", host);
        data.put("public-keys", List.of(login));
        return yaml(data);
    }

    /* Beneath the user data, which stays as it was ordered. */
    private String vendorData() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("ed25519_private", hostKey.privateText());
        keys.put("ed25519_public", hostKey.publicLine());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("ssh_deletekeys", true);
        config.put("ssh_keys", keys);
        return "#cloud-config\n" + yaml(config);
    }

    private static String yaml(Map<String, Object> data) {
        try {
            return WRITER.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a seed cannot be written as YAML", e);
        }
    }

    @Override
    public String toString() {
        return "the seed of host " + host;
    }
}
