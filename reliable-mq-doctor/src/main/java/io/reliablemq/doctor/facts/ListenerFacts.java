package io.reliablemq.doctor.facts;

import java.time.Duration;

/**
 * One listener.
 *
 * @param dedupWindow how long it remembers what it has handled
 * @param attemptsSpan how long the attempts for one message can take, with the clocks' difference
 * @param maxAttempts failures after which it makes a dead letter
 * @param uncounted deliveries that it expects besides, such as after a deadlock
 * @param drained whether what the broker gives up becomes a dead letter of the application, too
 */
public record ListenerFacts(
        String id,
        String topic,
        String group,
        boolean ordered,
        Duration dedupWindow,
        Duration attemptsSpan,
        int maxAttempts,
        int uncounted,
        boolean drained) {}
