package io.reliablemq.consumer;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls the method when a message has become a dead letter, as a {@link DeadLetterHandler} with the same guarantee: best effort, after
 * the commit. The method takes one {@link DeadLetter}.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface DeadLetterListener {

    /** Letters of that consumer group only; empty for all. Resolves <code>${...}</code>. */
    String consumerGroup() default "";
}
