package io.virtualwire.testkit.netns;

import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets a {@link NetnsTest} run, disables it with the reason, or fails it where CI promised to run it. */
final class NetnsExtension implements ExecutionCondition, BeforeAllCallback, BeforeEachCallback {
    private final List<String> missing;
    private final boolean mustRun;

    NetnsExtension() {
        this(NetnsRequirements.ofThisMachine().missing(), "true".equals(System.getenv("CI")));
    }

    NetnsExtension(List<String> missing, boolean mustRun) {
        this.missing = missing;
        this.mustRun = mustRun;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (missing.isEmpty() || mustRun) {
            return ConditionEvaluationResult.enabled("root, namespaces and TUN are required here");
        }
        return ConditionEvaluationResult.disabled("namespace test left out: " + String.join("; ", missing));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        failIfMissing();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        failIfMissing();
    }

    private void failIfMissing() {
        if (!missing.isEmpty()) {
            throw new AssertionError("CI=true, so this namespace test must run, but " + String.join("; ", missing));
        }
    }
}
