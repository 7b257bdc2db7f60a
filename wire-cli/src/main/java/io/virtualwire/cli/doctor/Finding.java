package io.virtualwire.cli.doctor;

/**
 * What was found about one thing.
 *
 * @param subject what was tried
 * @param detail what came of it
 * @param advice what to do about it; empty if nothing needs to be done
 */
public record Finding(String subject, Verdict verdict, String detail, String advice) {
    static Finding ok(String subject, String detail) {
        return new Finding(subject, Verdict.OK, detail, "");
    }

    static Finding warn(String subject, String detail, String advice) {
        return new Finding(subject, Verdict.WARN, detail, advice);
    }

    static Finding fail(String subject, String detail, String advice) {
        return new Finding(subject, Verdict.FAIL, detail, advice);
    }
}
