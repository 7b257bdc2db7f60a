package io.virtualwire.cli.doctor;

import io.virtualwire.control.WireException;

/**
 * What was found about one thing.
 *
 * @param subject what was tried
 * @param detail what came of it
 * @param advice what to do about it; empty if nothing needs to be done
 */
public record Finding(String subject, Verdict verdict, String detail, String advice) {
    public Finding {
        if (verdict != Verdict.OK && advice.isBlank()) {
            throw new IllegalArgumentException("what is to be done about " + subject + " is not said");
        }
    }

    /**
     * Something that was refused.
     *
     * @param otherwise what to do if the refusal does not say it
     */
    public static Finding refused(String subject, Verdict verdict, WireException refusal, String otherwise) {
        return new Finding(
                subject,
                verdict,
                String.valueOf(refusal.getMessage()),
                refusal.hint().isBlank() ? otherwise : refusal.hint());
    }

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
