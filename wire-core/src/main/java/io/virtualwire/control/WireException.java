package io.virtualwire.control;

/** A refusal or failure that says what was attempted, on what, and what to do next. */
public final class WireException extends RuntimeException {
    private static final int LONGEST = 4_000;

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String hint;

    /**
     * @param code the stable reason
     * @param message what was attempted, on what, and what went wrong
     * @param hint what the caller can do next; may be empty
     */
    public WireException(ErrorCode code, String message, String hint) {
        super(shortened(message));
        this.code = code;
        this.hint = hint;
    }

    public WireException(ErrorCode code, String message, String hint, Throwable cause) {
        super(shortened(message), cause);
        this.code = code;
        this.hint = hint;
    }

    public ErrorCode code() {
        return code;
    }

    public String hint() {
        return hint;
    }

    /* Messages quote what somebody has sent, which may be of any length. */
    private static String shortened(String message) {
        return message.length() <= LONGEST
                ? message
                : message.substring(0, LONGEST / 2) + " … " + message.substring(message.length() - LONGEST / 4);
    }
}
