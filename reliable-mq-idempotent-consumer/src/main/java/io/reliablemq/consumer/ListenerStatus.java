package io.reliablemq.consumer;

import java.time.Instant;

/**
 * What one listener is doing.
 *
 * @param id name in the {@link ListenerRegistry}
 * @param since when it entered this state, by the local clock
 * @param reason why, empty when there is nothing to explain; holds no payloads and no credentials of its own
 */
public record ListenerStatus(String id, String topic, String consumerGroup, State state, Instant since, String reason) {

    /** Same names in metrics, health and docs. */
    public enum State {
        /** Receives and handles. */
        RUNNING,
        /** The broker is away or does not serve the subscription yet, or receiving has failed for another reason; tries again by itself. */
        WAITING_FOR_BROKER,
        /** The database is away; probes it and goes on by itself, no attempts are counted. */
        PAUSED_INFRASTRUCTURE,
        /** Paused by {@link ListenerRegistry#pause}. */
        PAUSED,
        /** Ended because its topic, group or transaction manager does not fit; {@link ListenerRegistry#start} tries again. */
        MISCONFIGURED,
        /** Not started, or stopped. */
        STOPPED
    }
}
