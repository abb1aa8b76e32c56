package io.reliablemq.consumer.wiring;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.consumer.handler.ListenerAnnotationProcessor;
import io.reliablemq.consumer.jdbc.JdbcInbox;
import io.reliablemq.consumer.processing.IdempotentProcessing;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.validation.Validator;

/**
 * The consumer side put together. The beans to publish are {@link #containers()} (registry and life cycle), {@link #deadLetters()},
 * and, from a static method, {@link #annotationProcessor}.
 *
 * <p><b>Thread</b>: immutable. <b>Transaction</b> and <b>errors</b>: those of the parts; building it opens no connection.
 */
public final class ListenerInfrastructure {

    private final ConsumerSettings settings;
    private final PlatformTransactionManager transactionManager;
    private final MessageProcessor processor;
    private final ListenerContainers containers;
    private final DeadLetters deadLetters;

    /**
     * @param dataSource holds the tables of {@code db/reliable-mq/inbox}
     * @param transactionManager must bind its transactions to exactly that data source
     */
    public ListenerInfrastructure(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            MessageReceiverFactory receivers,
            ConsumerSettings settings,
            ListenerObserver observer) {
        this(dataSource, transactionManager, receivers, settings, observer, Options.DEFAULTS);
    }

    /**
     * What is done on request only.
     *
     * @param letters told about dead letters
     * @param drain whether what the broker itself has given up is written as dead letters, too
     * @param brokerRetention how long the broker keeps messages, zero when unknown: the least that a dedup window must span
     * @param around what is put around each listener, such as an observation
     */
    public record Options(
            IdempotentProcessing.Decoding decoding,
            DeadLetterObserver letters,
            boolean drain,
            Duration brokerRetention,
            UnaryOperator<ListenerEndpoint> around) {

        public static final Options DEFAULTS = new Options(
                IdempotentProcessing.Decoding.DEFAULTS,
                DeadLetterObserver.NONE,
                false,
                Duration.ZERO,
                UnaryOperator.identity());
    }

    /** The same, with what the application wants besides. */
    public ListenerInfrastructure(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            MessageReceiverFactory receivers,
            ConsumerSettings settings,
            ListenerObserver observer,
            Options options) {
        JdbcInbox inbox = JdbcInbox.on(dataSource);
        IdempotentProcessing processing = new IdempotentProcessing(
                inbox,
                inbox.deadLetters(),
                transactionManager,
                settings,
                observer,
                options.decoding(),
                options.letters());
        this.settings = settings;
        this.transactionManager = transactionManager;
        this.processor = processing;
        this.containers = new ListenerContainers(
                receivers,
                processing,
                settings,
                observer,
                new ListenerContainers.Extras(
                        options.drain(), options.brokerRetention(), options.letters()::adding, options.around()));
        this.deadLetters = processing.deadLetters(containers);
    }

    /** A bean post-processor that asks for everything else only after the singletons exist. */
    public static ListenerAnnotationProcessor annotationProcessor(
            Supplier<ListenerInfrastructure> infrastructure,
            Supplier<MessageConverter> payloads,
            Supplier<@Nullable Validator> validator) {
        return new ListenerAnnotationProcessor(
                () -> infrastructure.get().containers(),
                () -> infrastructure.get().settings(),
                payloads,
                validator,
                () -> infrastructure.get().transactionManager);
    }

    /** The {@link io.reliablemq.consumer.ListenerRegistry} and {@code SmartLifecycle} of all listeners. */
    public ListenerContainers containers() {
        return containers;
    }

    /** What operators do to dead letters. */
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    /** What happens to one message, without a container around it. */
    public MessageProcessor processor() {
        return processor;
    }

    public ConsumerSettings settings() {
        return settings;
    }
}
