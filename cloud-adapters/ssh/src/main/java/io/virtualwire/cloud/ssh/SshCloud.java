package io.virtualwire.cloud.ssh;

import io.virtualwire.cloud.spi.CloudAdapter;
import io.virtualwire.cloud.spi.CloudSetting;
import io.virtualwire.cloud.spi.CloudType;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The type {@code ssh}: hosts are machines that one can log in to. */
public final class SshCloud implements CloudType {
    private static final String HOST_KEYS = "host-keys";
    private static final String KEY = "key";
    private static final String STRICT = "strict";
    private static final String ACCEPT_NEW = "accept-new";

    @Override
    public String type() {
        return "ssh";
    }

    @Override
    public List<CloudSetting> settings() {
        return List.of(
                new CloudSetting(
                        HOST_KEYS,
                        STRICT + "|" + ACCEPT_NEW,
                        "ssh: whether a machine is believed that no known_hosts knows; default: " + STRICT + ".",
                        false),
                new CloudSetting(
                        KEY,
                        "FILE",
                        "ssh: the private key to log in with; default: your agent's, else those in ~/.ssh.",
                        false),
                CloudSetting.outside("ssh"));
    }

    @Override
    public CloudAdapter open(String name, Map<String, String> settings, Path folder) {
        String trust = settings.getOrDefault(HOST_KEYS, STRICT);
        if (!List.of(STRICT, ACCEPT_NEW).contains(trust)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + trust + "' is no way to believe machines of cloud " + name,
                    "use " + STRICT + " or " + ACCEPT_NEW);
        }
        SshAccess person = SshAccess.ofPerson(folder.resolve("known_hosts"), trust.equals(ACCEPT_NEW));
        String key = settings.get(KEY);
        return new SshCloudAdapter(
                name, folder, key == null ? person : person.only(Path.of(key)), CloudSetting.outside(name, settings));
    }
}
