package io.reliablemq.rocketmq.wire;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the last requests of a connection say about the brokers; asks nobody.
 *
 * @param since when the state became what it is, by this machine's clock
 * @param lastError of the last request that got no answer, kept after the brokers came back; never payload or credentials
 */
public record RocketMqStatus(
        String endpoints,
        State state,
        Instant since,
        @Nullable String lastError) {

    public enum State {
        /** Nothing was sent or received yet. */
        UNKNOWN,
        /** The last request was answered, be it with a refusal. */
        REACHABLE,
        /** The last request got no answer. */
        UNREACHABLE
    }

    public boolean reachable() {
        return state == State.REACHABLE;
    }
}
