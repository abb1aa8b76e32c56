package io.reliablemq.samples.orders;

import java.util.Map;

/**
 * What has come of the orders so far.
 *
 * @param orders committed
 * @param outboxPending committed messages that the broker has not confirmed yet
 * @param effects effects per consumer group
 * @param duplicatesSuppressed deliveries since the start of this process whose effect had been applied before
 * @param deadLetters messages that were set aside, per consumer group
 */
record Stats(
        long orders,
        long outboxPending,
        Map<String, Long> effects,
        long duplicatesSuppressed,
        Map<String, Long> deadLetters) {}
