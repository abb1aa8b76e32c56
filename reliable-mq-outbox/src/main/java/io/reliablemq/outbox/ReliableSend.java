package io.reliablemq.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sends what the method returns, through the {@link Outbox}, when the method returns normally: the message exists if and only
 * if the transaction commits.
 *
 * <pre>{@code
 * @Transactional
 * @ReliableSend(topic = "orders:created", key = "id", orderedBy = "customerId")
 * public Order place(OrderRequest request) { ... }
 * }</pre>
 *
 * <p><b>Transaction</b>: needs the one that {@link Outbox} needs, and checks it <i>before</i> the method body runs. The
 * advice runs inside the transaction advice of the same method; anything else is refused at start-up. A method that has
 * {@link SendMode#DIRECT} annotations only needs none of that. Where it runs outside of a transaction and its messages find no room
 * in memory, they are counted as lost and the method returns as usual: what it has done cannot be taken back.
 *
 * <p><b>Method</b>: of a Spring bean, called through the bean; not private, static or final; on the class or on an
 * interface of it (the class wins). What it returns must be there when it returns: no {@code Future},
 * {@code CompletionStage} or {@code Publisher}. Repeatable, and usable as a meta-annotation.
 *
 * <p><b>Several messages</b>: a payload that is a {@code Collection} or an array of objects becomes one message per
 * element, all or none; an empty one becomes none. A {@code byte[]} is one payload. An {@code Optional} counts as what it
 * holds.
 *
 * <p><b>Attributes</b>: each resolves {@code ${placeholders}} once at start-up. Then there are two kinds:
 *
 * <ul>
 *   <li>Text ({@link #topic}, {@link #tag}, {@link #delay}): taken literally, except for expressions in {@code #{...}}.
 *   <li>Expression ({@link #key}, {@link #orderedBy}, {@link #payload}, {@link #condition}, values of {@link #headers}):
 *       all of it is one expression.
 * </ul>
 *
 * <p>Expressions are SpEL for reading: {@code #result} is what the method returned, {@code #name}, {@code #p0} and
 * {@code #a0} are its arguments, and the root object is the payload element, so that {@code id} is short for
 * {@code #root.id}. (In {@link #payload} the root object is what the method returned.) Properties, record components, methods
 * of objects, indexes and operators are available; types ({@code T(...)}), constructors, beans ({@code @name}) and assignments
 * are not. A mistake that can be seen in the text fails the start-up, an error in the evaluation refuses the message with a
 * {@link MessageRejectedException}, out of the method, so that its transaction rolls back.
 */
@Documented
@Repeatable(ReliableSends.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface ReliableSend {

    /** Text: the topic, or {@code topic:tag}. */
    String topic();

    /** Text: the broker's filter tag; empty for none. Not together with {@code topic:tag}. */
    String tag() default "";

    /** Expression: a business key by which operators find the message; null for none. */
    String key() default "";

    /**
     * Expression: messages with an equal value are delivered in the order of their transactions' commits. Null is refused.
     * Not together with {@link #delay}.
     */
    String orderedBy() default "";

    /** Text: how long to delay the delivery, as {@code 30s}, {@code 15m} or {@code PT1H}; empty for not at all. */
    String delay() default "";

    /** Expression: what to send; by default {@code #result}. Null is refused, unless {@link #condition} says false. */
    String payload() default "";

    /** {@code name=expression} each: sent as user properties; one whose value is null is left out. */
    String[] headers() default {};

    /** Expression: whether to send this element; by default true. The root object is null when the payload is. */
    String condition() default "";

    /**
     * How the message gets to the broker. {@link SendMode#DIRECT} not together with {@link #orderedBy}. A method without it needs a transaction also where
     * {@code reliable-mq.outbox.mode} is {@code direct}.
     */
    SendMode mode() default SendMode.DEFAULT;
}
