package io.virtualwire.cloud.ec2;

import io.virtualwire.cloud.spi.CloudSetting;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was said of a cloud of type ec2.
 *
 * @param profile of the AWS configuration files; empty: the SDK's default
 * @param endpoint instead of AWS's own
 * @param type of instances, unless an order names one
 * @param image to boot; empty: the newest Debian
 * @param subnet to be in; empty: one of the default VPC's
 * @param diskGibibytes of the root volume
 * @param user who may log in and become root
 * @param sshKey a private key whose public one lies beside as {@code .pub}; empty: one that is made for this cloud
 * @param sshFrom where from logging in is possible; empty: asked of AWS
 * @param price of an instance's hour, in dollars; empty: not known
 * @param software whether types without nested virtualization will do: guests there are emulated
 */
record Ec2Settings(
        String region,
        Optional<String> profile,
        Optional<URI> endpoint,
        String type,
        Optional<String> image,
        Optional<String> subnet,
        int diskGibibytes,
        String user,
        Optional<Path> sshKey,
        Optional<Cidr> sshFrom,
        Optional<BigDecimal> price,
        boolean software) {
    static final String DEFAULT_TYPE = "m8i.large";
    private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(-[a-z]+)+-\\d{1,2}");
    private static final Pattern PRICE = Pattern.compile("\\d{1,4}(\\.\\d{1,6})?");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");

    static List<CloudSetting> known() {
        return List.of(
                new CloudSetting("region", "REGION", "ec2: where its instances are, such as eu-central-1.", true),
                new CloudSetting("profile", "NAME", "ec2: the profile of ~/.aws whose credentials are used.", false),
                new CloudSetting("instance-type", "TYPE", "ec2: of instances; default: " + DEFAULT_TYPE + ".", false),
                new CloudSetting("image", "AMI", "ec2: what they boot; default: the newest Debian 12.", false),
                new CloudSetting("subnet", "ID", "ec2: where they are; default: in the default VPC.", false),
                new CloudSetting("disk", "GIB", "ec2: the size of their disks; default: 16.", false),
                new CloudSetting("user", "NAME", "ec2: the image's login user; default: admin.", false),
                new CloudSetting(
                        "ssh-key", "FILE", "ec2: your private key, with FILE.pub; default: one is made.", false),
                new CloudSetting("ssh-from", "CIDR", "ec2: where from they may be logged in to; default: here.", false),
                new CloudSetting(
                        "virtualization",
                        "HOW",
                        "ec2: hardware (the default) or software, where guests are slow.",
                        false),
                new CloudSetting(
                        "price", "DOLLARS", "ec2: what you pay for an instance's hour; for estimates of costs.", false),
                new CloudSetting("endpoint", "URL", "ec2: of another EC2 API, for tests.", false));
    }

    static Ec2Settings parse(String cloud, Map<String, String> settings) {
        String region = settings.getOrDefault("region", "");
        if (!REGION.matcher(region).matches()) {
            throw refused(cloud, "region", region, "name a region of AWS, such as --region eu-central-1");
        }
        String virtualization = settings.getOrDefault("virtualization", "hardware");
        if (!virtualization.equals("hardware") && !virtualization.equals("software")) {
            throw refused(cloud, "virtualization", virtualization, "say hardware or software");
        }
        return new Ec2Settings(
                region,
                word(cloud, settings, "profile"),
                endpoint(cloud, settings.get("endpoint")),
                word(cloud, settings, "instance-type").orElse(DEFAULT_TYPE),
                word(cloud, settings, "image"),
                word(cloud, settings, "subnet"),
                disk(cloud, settings.getOrDefault("disk", "16")),
                word(cloud, settings, "user").orElse("admin"),
                Optional.ofNullable(settings.get("ssh-key")).map(Path::of),
                Optional.ofNullable(settings.get("ssh-from")).map(Cidr::parse),
                price(cloud, settings.get("price")),
                virtualization.equals("software"));
    }

    private static Optional<URI> endpoint(String cloud, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw refused(cloud, "endpoint", text, "write a URL such as http://127.0.0.1:8080");
    }

    private static Optional<BigDecimal> price(String cloud, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        if (!PRICE.matcher(text).matches()) {
            throw refused(cloud, "price", text, "write dollars, such as --price 0.1");
        }
        return Optional.of(new BigDecimal(text));
    }

    private static int disk(String cloud, String text) {
        try {
            int size = Integer.parseInt(text);
            if (size >= 8 && size <= 16_384) {
                return size;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw refused(cloud, "disk", text, "say how many GiB, from 8 to 16384");
    }

    private static Optional<String> word(String cloud, Map<String, String> settings, String name) {
        Optional<String> value = Optional.ofNullable(settings.get(name));
        value.filter(word -> !WORD.matcher(word).matches()).ifPresent(word -> {
            throw refused(cloud, name, word, "see docs/adapters.md");
        });
        return value;
    }

    private static WireException refused(String cloud, String name, String value, String hint) {
        return new WireException(
                ErrorCode.BAD_REQUEST, "cloud " + cloud + " cannot have the " + name + " '" + value + "'", hint);
    }
}
