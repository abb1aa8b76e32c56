package io.reliablemq.test;

import io.reliablemq.broker.embedded.BrokerMode;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * On a test class: a real RocketMQ runs while its tests do.
 *
 * <p><b>Guarantee</b>: one broker for all classes of the test JVM that ask for the same {@link #mode} and {@link #replicas}, started
 * with the first of them. Each test class has a namespace of its own in it: topics and groups of the same name have nothing to do
 * with those of other classes. Everything is gone with the JVM.
 *
 * <p><b>Spring</b>: in a test with an application context the application connects to that broker, whatever its properties say;
 * topics and groups that it declares for an embedded broker of its own ({@code reliable-mq.broker.embedded.topics}) are there, and so is
 * the group of each of its listeners. Beans of the types {@link IsolatedBroker}, {@code Drain} and {@code OutboxRecords} can be injected.
 *
 * <p><b>JUnit without Spring</b>: methods and constructors can have a parameter of the type {@link IsolatedBroker}, or of
 * {@code EmbeddedBroker}, which knows nothing of namespaces.
 *
 * <p><b>Errors</b>: what is not written correctly, and a broker that does not come up, fails the test class with an exception that says
 * what to do.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@ExtendWith(EmbeddedRocketMqExtension.class)
public @interface EmbeddedRocketMq {

    /** Topics to create: {@code NAME[:TYPE[:QUEUES]]}, as in {@code orders}, {@code payments:fifo} and {@code reminders:delay:1}. */
    String[] topics() default {};

    /** Groups to create: {@code NAME[:fifo]}. Those of an application's own listeners need not be named. */
    String[] groups() default {};

    /** Copies of each message: 1, 2 or 3, the latter with {@link BrokerMode#PROCESSES}. */
    int replicas() default 1;

    /** Where the broker runs. Only in processes can its parts be killed and paused. */
    BrokerMode mode() default BrokerMode.IN_PROCESS;

    /**
     * The namespace, where several test classes shall see the same topics and groups; else each has its own. Spring shares a context
     * between classes only where they name the same one.
     */
    String namespace() default "";

    /**
     * Whether connections go through {@code faults().endpoints()}, so that tests can drop replies and delay what is sent
     * ({@link IsolatedBroker#faults}).
     */
    boolean faultyNetwork() default false;
}
