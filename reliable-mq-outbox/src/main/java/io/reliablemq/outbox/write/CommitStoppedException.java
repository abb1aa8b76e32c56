package io.reliablemq.outbox.write;

import io.reliablemq.outbox.OutboxException;
import org.jspecify.annotations.Nullable;

/** The messages could not be written, so the transaction is rolled back. */
final class CommitStoppedException extends OutboxException {

    CommitStoppedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
