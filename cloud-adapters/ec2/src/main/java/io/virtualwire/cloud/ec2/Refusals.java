package io.virtualwire.cloud.ec2;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** What to say, and to advise, when EC2 refuses. */
final class Refusals {
    private final String cloud;
    private final Ec2Settings settings;

    Refusals(String cloud, Ec2Settings settings) {
        this.cloud = cloud;
        this.settings = settings;
    }

    /** @param what was attempted, such as "launch host one" */
    WireException of(String what, SdkException failure) {
        String attempted = "cannot " + what + " in cloud " + cloud + " (" + settings.region() + "): ";
        if (failure instanceof AwsServiceException refusal && refusal.awsErrorDetails() != null) {
            String code = Ec2Access.codeOf(refusal);
            String words = code + ": " + refusal.awsErrorDetails().errorMessage();
            Advice advice = advice(code, refusal.statusCode());
            return new WireException(advice.code, attempted + words, advice.hint, failure);
        }
        String words = String.valueOf(failure.getMessage());
        if (words.contains("credentials") || words.contains("Profile file contained no")) {
            return new WireException(
                    ErrorCode.UNAUTHENTICATED,
                    attempted + "no credentials of AWS are found",
                    "run 'aws configure' or 'aws sso login', or set AWS_PROFILE; where they are looked for is in"
                            + " docs/adapters.md",
                    failure);
        }
        return new WireException(
                ErrorCode.UNAVAILABLE,
                attempted + words,
                "see whether this machine reaches "
                        + settings.endpoint().map(Object::toString).orElse("AWS") + ", and try again",
                failure);
    }

    private Advice advice(String code, int status) {
        return switch (code) {
            case "UnauthorizedOperation" ->
                new Advice(ErrorCode.FORBIDDEN, "give this identity the policy in docs/adapters.md, section EC2");
            case "AuthFailure",
                    "InvalidClientTokenId",
                    "SignatureDoesNotMatch",
                    "ExpiredToken",
                    "RequestExpired",
                    "UnrecognizedClientException" ->
                new Advice(
                        ErrorCode.UNAUTHENTICATED,
                        "see which credentials are used ('aws sts get-caller-identity'), and whether this machine's clock is"
                                + " right");
            case "OptInRequired", "Blocked", "PendingVerification" ->
                new Advice(
                        ErrorCode.FORBIDDEN,
                        "the account cannot use EC2 there yet; see the region's page in AWS's console");
            case "RequestLimitExceeded", "Throttling" ->
                new Advice(ErrorCode.UNAVAILABLE, "others use up what the account may ask; try again in a minute");
            case "InsufficientInstanceCapacity", "InsufficientHostCapacity" ->
                new Advice(ErrorCode.UNAVAILABLE, "try again later, or another --type, or a cloud in another region");
            case "VcpuLimitExceeded",
                    "InstanceLimitExceeded",
                    "AddressLimitExceeded",
                    "SecurityGroupLimitExceeded",
                    "RulesPerSecurityGroupLimitExceeded",
                    "MaxSpotInstanceCountExceeded" ->
                new Advice(ErrorCode.QUOTA_EXCEEDED, "remove hosts, or ask AWS for a higher quota ('Service Quotas')");
            case "Unsupported", "InvalidParameterCombination", "UnsupportedOperation" ->
                new Advice(
                        ErrorCode.BAD_REQUEST,
                        "choose another --type; 'wire host launch' says which can run guests there");
            case "InvalidAMIID.NotFound", "InvalidAMIID.Malformed" ->
                new Advice(
                        ErrorCode.BAD_REQUEST,
                        "images are of one region: name one of " + settings.region() + " with --image");
            case "InvalidSubnetID.NotFound", "VPCIdNotSpecified" ->
                new Advice(ErrorCode.BAD_REQUEST, "name a subnet of " + settings.region() + " with --subnet");
            default ->
                new Advice(
                        status >= 500 ? ErrorCode.UNAVAILABLE : ErrorCode.SYSTEM,
                        status >= 500 ? "EC2 itself has failed; try again" : "");
        };
    }

    private record Advice(ErrorCode code, String hint) {}
}
