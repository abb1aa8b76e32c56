package io.reliablemq.reliability.system;

/** What was asked for cannot be done on this machine, or by this user; a run without it would prove nothing. */
public final class NotPossibleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public NotPossibleException(String message) {
        super(message);
    }
}
