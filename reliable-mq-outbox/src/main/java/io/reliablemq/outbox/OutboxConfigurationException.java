package io.reliablemq.outbox;

import org.jspecify.annotations.Nullable;

/**
 * The application is put together in a way that could lose or invent messages, so it does not start. The message names the
 * bean, the method and the remedy.
 */
public final class OutboxConfigurationException extends OutboxException {

    public OutboxConfigurationException(String message) {
        super(message);
    }

    public OutboxConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
