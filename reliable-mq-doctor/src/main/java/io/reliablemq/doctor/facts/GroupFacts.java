package io.reliablemq.doctor.facts;

import java.util.Optional;

/**
 * The consumer group of one listener at one broker.
 *
 * @param state empty when the broker has no such group
 */
public record GroupFacts(ListenerFacts listener, String broker, Answer<Optional<State>> state) {

    /**
     * The group.
     *
     * @param queues of the listener's topic
     * @param queuesWithoutPosition those in which the group has not begun to read
     */
    public record State(boolean orderly, int retryMaxTimes, int queues, int queuesWithoutPosition) {}
}
