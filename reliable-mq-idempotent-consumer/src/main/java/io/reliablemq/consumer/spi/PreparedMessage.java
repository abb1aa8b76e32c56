package io.reliablemq.consumer.spi;

import org.jspecify.annotations.Nullable;

/** A message that is ready to be handled. Used by one thread. */
public interface PreparedMessage {

    /** The business key by the listener's expression (topic and tag included), or null where the listener has none. */
    @Nullable
    String key();

    /** Calls the handler on the calling thread, in its transaction; throws what the handler throws. */
    void handle() throws Exception;
}
