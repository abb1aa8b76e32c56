package io.reliablemq.consumer;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls the method for each message of a topic, and applies its effect exactly once.
 *
 * <p><b>Guarantee</b>: the dedup record and what the method writes through the same transaction manager commit together or not at
 * all; the broker gets its acknowledgement after that commit. Redeliveries of a committed message never reach the method. What
 * the method does elsewhere (HTTP calls, other databases, other threads) may happen again.
 *
 * <p><b>Arguments</b> are those of Spring messaging: {@code @Payload}, {@code @Header}, {@code @Headers}, {@code Message<T>}, or
 * one plain payload. The payload's bytes are converted to the declared type, never to one that the message names. A payload that is
 * {@code @Valid} or {@code @Validated} is validated first.
 *
 * <p><b>Errors</b>: an exception rolls everything back and the message comes again after a back-off, until
 * {@link #maxAttempts()} failures were counted; then, or at once for a {@link FatalListenerException} and payloads that
 * cannot be converted or are not valid and headers that are missing or cannot be converted, it becomes a dead letter ({@link DeadLetters}). An unreachable database pauses the
 * listener and counts nothing.
 *
 * <p>All attributes resolve <code>${...}</code> and <code>#{...}</code>; an empty one means the application's setting.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(IdempotentListeners.class)
public @interface IdempotentListener {

    /** The topic to consume. Must not be blank. */
    String topic();

    /**
     * The consumer group; messages are unique per group. Must not be blank. There is no broadcast: where every instance is to get each
     * message, give each a group of its own whose name survives a restart, such as <code>audit-${HOSTNAME}</code>.
     */
    String consumerGroup();

    /** A tag expression: {@code a || b}, {@code *} for all. */
    String tag() default "*";

    /**
     * An SQL-92 expression on headers, instead of {@link #tag()}; both are refused. The broker must allow it (RocketMQ:
     * {@code enablePropertyFilter}).
     */
    String sql() default "";

    /**
     * SpEL over {@code payload}, {@code headers} and {@code message} for the dedup key, for producers that send no message id.
     * Topic and tag become part of the key. Empty: the producer's message id.
     */
    String key() default "";

    /** Name in the {@link ListenerRegistry}; unique. Empty: the consumer group. */
    String id() default "";

    /** How many messages are handled at once, at least 1. */
    String concurrency() default "";

    /**
     * How many messages may be committed in one transaction, at least 1. More than one is for handlers that do nothing but write
     * through the transaction that they are called in: under load their messages share commits and dedup statements; when
     * one fails all are rolled back and handled again, each by itself. A handler that begins a transaction of its own is noticed,
     * and never coalesced; what it does elsewhere (HTTP calls, mails) happens again for all of them.
     */
    String coalesce() default "";

    /**
     * At least 2 makes the method a batch handler: it takes one {@code List}, of payloads or of {@code Message}s, and is called
     * once for up to that many messages that are committed in one transaction; no message waits for another one to come. When it
     * fails, or one of the messages is a duplicate, all are rolled back and each comes by itself, as a list of one. What holds for
     * handlers with {@link #coalesce()} holds for these too; both together are refused.
     */
    String batch() default "";

    /**
     * {@code true}: messages of one ordering key are handled one after another. Topic and group must be FIFO at the broker; where one
     * is not the application does not start, or, when the broker was away then, the listener stops with an error in the log.
     */
    String ordered() default "";

    /** How long a dedup record lives; older messages are quarantined instead of handled. A duration such as {@code 7d}. */
    String dedupWindow() default "";

    /** {@code false}: waits for {@link ListenerRegistry#start}. */
    String autoStartup() default "";

    /** Failures after which the message becomes a dead letter, at least 1. */
    String maxAttempts() default "";

    /** Delay after the first failure, a duration such as {@code 1s}. */
    String initialDelay() default "";

    /** Growth of the delay from failure to failure, at least 1. */
    String multiplier() default "";

    /** Upper bound of the delay, a duration such as {@code 5m}. */
    String maxDelay() default "";

    /** Exceptions that no retry cures, in addition to the application's list. */
    Class<? extends Throwable>[] fatal() default {};

    /**
     * The topic to which this listener's dead letters are also sent, in their transaction; {@value #NO_MIRROR} for none, whatever the
     * application's setting ({@code reliable-mq.listener.dead-letters.mirror-topic}) is. Not the topic that it consumes.
     */
    String mirrorTopic() default "";

    /** In place of a topic: dead letters are not mirrored. */
    String NO_MIRROR = "none";
}
