package io.virtualwire.client;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/**
 * A refusal as it travels.
 *
 * @param code one of {@link ErrorCode}; a later release may send others
 */
public record ErrorBody(String code, String message, String hint) {

    public static ErrorBody of(WireException refused) {
        return new ErrorBody(refused.code().name(), String.valueOf(refused.getMessage()), refused.hint());
    }

    /** The refusal again, at the one who asked. */
    public WireException exception() {
        for (ErrorCode known : ErrorCode.values()) {
            if (known.name().equals(code)) {
                return new WireException(known, message, hint);
            }
        }
        return new WireException(ErrorCode.INTERNAL, message + " (" + code + ")", hint);
    }
}
