package io.reliablemq.consumer.spi;

/**
 * Code of the application that makes a handler's argument of a message (a converter, a validator) has failed, perhaps for a reason that
 * passes. Its message names the argument and the classes of what was thrown; the cause may quote the message's values, and is not to be logged.
 */
public final class ArgumentFailedException extends RuntimeException {

    private final Exception thrown;

    public ArgumentFailedException(String message, Exception thrown) {
        super(message, thrown);
        this.thrown = thrown;
    }

    /** By which it is decided whether a retry may cure it. */
    public Exception thrown() {
        return thrown;
    }
}
