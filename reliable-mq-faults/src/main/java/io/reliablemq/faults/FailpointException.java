package io.reliablemq.faults;

/** What a test wanted to go wrong. In the database it is the cause of an {@link java.sql.SQLException}, as of a connection that broke. */
public final class FailpointException extends RuntimeException {

    FailpointException(Passage passage) {
        super("The test lets this fail: " + passage);
    }
}
