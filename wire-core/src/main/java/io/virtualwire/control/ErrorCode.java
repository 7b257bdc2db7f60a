package io.virtualwire.control;

/** The stable name of a reason for which a request is refused; clients may switch on it. */
public enum ErrorCode {
    /** The request is malformed or contradicts itself. */
    BAD_REQUEST(Category.REQUEST),
    /** The named thing does not exist here. */
    NOT_FOUND(Category.REQUEST),
    /** The named thing exists already with other content. */
    ALREADY_EXISTS(Category.REQUEST),
    /** The named thing is in use by something else. */
    IN_USE(Category.REQUEST),
    /** A higher generation of this side is known already. */
    STALE_GENERATION(Category.REQUEST),
    /** This generation is known already with other content. */
    GENERATION_CONFLICT(Category.REQUEST),
    /** A resource changed since the version that the caller read. */
    VERSION_CONFLICT(Category.REQUEST),
    /** The caller presented no identity, or one that is not trusted here. */
    UNAUTHENTICATED(Category.REQUEST),
    /** The caller's identity may not do this. */
    FORBIDDEN(Category.REQUEST),
    /** The caller has used up what the operator granted. */
    QUOTA_EXCEEDED(Category.REQUEST),
    /** The state of the thing does not allow this now. */
    WRONG_STATE(Category.REQUEST),
    /** Nobody answered, or a majority cannot be reached; the same request may succeed later. */
    UNAVAILABLE(Category.RETRY),
    /** No answer came in time; the request may or may not have been carried out, repeating it is safe. */
    TIMEOUT(Category.RETRY),
    /** The operating system refused or lacks what is needed. */
    SYSTEM(Category.FATAL),
    /** A file or credential cannot be read or is damaged. */
    CORRUPT(Category.FATAL),
    /** A defect of ours. */
    INTERNAL(Category.FATAL);

    /** What a caller does about an error. */
    public enum Category {
        /** Change the request. */
        REQUEST,
        /** Repeat the request later. */
        RETRY,
        /** Mend the host. */
        FATAL
    }

    private final Category category;

    ErrorCode(Category category) {
        this.category = category;
    }

    public Category category() {
        return category;
    }
}
