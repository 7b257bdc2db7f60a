package io.virtualwire.cloud.ec2;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceTypesRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;
import software.amazon.awssdk.services.ec2.model.SupportedAdditionalProcessorFeature;

/** Which instance types can run virtual machines of their own; EC2 is asked, no list is kept here. */
final class InstanceSizes {
    private static final int NAMED = 12;

    private final Ec2Access ec2;
    private final Ec2Settings settings;

    InstanceSizes(Ec2Access ec2, Ec2Settings settings) {
        this.ec2 = ec2;
        this.settings = settings;
    }

    /** How guests run on a type. */
    enum Guests {
        /** By nested virtualization, which has to be asked for at the launch. */
        NESTED,
        /** By the processor itself: the instance is a whole machine. */
        METAL,
        /** Emulated in software. */
        EMULATED
    }

    /**
     * An instance type that will do.
     *
     * @param architecture in EC2's words: x86_64 or arm64
     */
    record Choice(String type, String architecture, Guests guests) {}

    Choice require(String type) {
        InstanceTypeInfo info = describe(type);
        String architecture = info.processorInfo().supportedArchitecturesAsStrings().stream()
                .filter(word -> word.equals("x86_64") || word.equals("arm64"))
                .findFirst()
                .orElse("x86_64");
        if (Boolean.TRUE.equals(info.bareMetal())) {
            return new Choice(type, architecture, Guests.METAL);
        }
        if (info.processorInfo()
                .supportedFeatures()
                .contains(SupportedAdditionalProcessorFeature.NESTED_VIRTUALIZATION)) {
            return new Choice(type, architecture, Guests.NESTED);
        }
        if (settings.software()) {
            return new Choice(type, architecture, Guests.EMULATED);
        }
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "instances of type " + type + " cannot run virtual machines in " + settings.region()
                        + ": EC2 offers no nested virtualization for them",
                alternatives(architecture));
    }

    private InstanceTypeInfo describe(String type) {
        DescribeInstanceTypesRequest request = DescribeInstanceTypesRequest.builder()
                .filters(Tags.filter("instance-type", type))
                .build();
        return ec2
                .ask("look up instance type " + type, () -> ec2.client().describeInstanceTypes(request))
                .instanceTypes()
                .stream()
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.BAD_REQUEST,
                        "there is no instance type " + type + " in " + settings.region(),
                        alternatives("x86_64")));
    }

    private String alternatives(String architecture) {
        Filter sameProcessor = Tags.filter("processor-info.supported-architecture", architecture);
        String nested = names(List.of(
                Tags.filter(
                        "processor-info.supported-features",
                        SupportedAdditionalProcessorFeature.NESTED_VIRTUALIZATION.toString()),
                sameProcessor));
        String metal = names(List.of(Tags.filter("bare-metal", "true"), sameProcessor));
        return (nested.isEmpty()
                        ? "no type of this region nests: use another --region"
                        : "use --type with one that nests (" + nested + ")")
                + (metal.isEmpty() ? "" : ", or bare metal (" + metal + ")")
                + ", or, for guests that may be slow, add the cloud with --virtualization software";
    }

    private String names(List<Filter> filters) {
        DescribeInstanceTypesRequest request =
                DescribeInstanceTypesRequest.builder().filters(filters).build();
        List<InstanceTypeInfo> found = ec2.ask(
                "look up instance types",
                () -> ec2.client().describeInstanceTypesPaginator(request).instanceTypes().stream()
                        .sorted(Comparator.comparing((InstanceTypeInfo info) ->
                                        info.memoryInfo().sizeInMiB())
                                .thenComparing(InstanceTypeInfo::instanceTypeAsString))
                        .toList());
        String names = found.stream()
                .limit(NAMED)
                .map(InstanceTypeInfo::instanceTypeAsString)
                .collect(Collectors.joining(", "));
        return found.size() > NAMED ? names + " …" : names;
    }
}
