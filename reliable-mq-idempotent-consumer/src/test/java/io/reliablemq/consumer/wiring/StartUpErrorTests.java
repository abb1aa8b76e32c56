package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetterListener;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.handler.DeadLetterListeners;
import io.reliablemq.consumer.handler.ListenerAnnotationProcessor;
import io.reliablemq.consumer.spi.ListenerObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Listeners that keep the application from starting, with a message that says why. */
class StartUpErrorTests {

    static class PrivateMethod {
        @IdempotentListener(topic = "t", consumerGroup = "g")
        private void on(String text) {}
    }

    static class StaticMethod {
        @IdempotentListener(topic = "t", consumerGroup = "g")
        static void on(String text) {}
    }

    static class BlankTopic {
        @IdempotentListener(topic = " ", consumerGroup = "g")
        void on(String text) {}
    }

    static class BlankGroup {
        @IdempotentListener(topic = "t", consumerGroup = "#{''}")
        void on(String text) {}
    }

    static class UnresolvedPlaceholder {
        @IdempotentListener(topic = "${no.such.topic}", consumerGroup = "g")
        void on(String text) {}
    }

    static class NoConcurrency {
        @IdempotentListener(topic = "t", consumerGroup = "g", concurrency = "0")
        void on(String text) {}
    }

    static class SameId {
        @IdempotentListener(topic = "t", consumerGroup = "g1", id = "same")
        void one(String text) {}

        @IdempotentListener(topic = "t", consumerGroup = "g2", id = "same")
        void two(String text) {}
    }

    static class SameGroup {
        @IdempotentListener(topic = "t1", consumerGroup = "g", id = "one")
        @IdempotentListener(topic = "t2", consumerGroup = "g", id = "two")
        void on(String text) {}
    }

    static class SameGroupOtherWindow {
        @IdempotentListener(topic = "t", consumerGroup = "g", id = "one", dedupWindow = "8d")
        @IdempotentListener(topic = "t", consumerGroup = "g", id = "two", dedupWindow = "9d")
        void on(String text) {}
    }

    static class OwnTransaction {
        @Transactional(propagation = Propagation.REQUIRES_NEW)
        @IdempotentListener(topic = "t", consumerGroup = "g")
        void on(String text) {}
    }

    static class JakartasOwnTransaction {
        @jakarta.transaction.Transactional(jakarta.transaction.Transactional.TxType.REQUIRES_NEW)
        @IdempotentListener(topic = "t", consumerGroup = "g")
        void on(String text) {}
    }

    @Transactional("other")
    static class OtherTransactionManager {
        @IdempotentListener(topic = "t", consumerGroup = "g")
        void on(String text) {}
    }

    static class DefaultTransactionManager {
        @Transactional
        @IdempotentListener(topic = "t", consumerGroup = "g", autoStartup = "false")
        void on(String text) {}
    }

    static class ListenersTransactionManager {
        @Transactional("ours")
        @IdempotentListener(topic = "t", consumerGroup = "g", autoStartup = "false")
        void on(String text) {}
    }

    static class ShortWindow {
        @IdempotentListener(topic = "t", consumerGroup = "g", dedupWindow = "1h")
        void on(String text) {}
    }

    static class DeadLettersWithAnotherArgument {
        @DeadLetterListener
        void on(String text) {}
    }

    static class OtherThread {
        @IdempotentListener(topic = "t", consumerGroup = "g")
        CompletableFuture<Void> on(String text) {
            return CompletableFuture.completedFuture(null);
        }
    }

    static class BadKey {
        @IdempotentListener(topic = "t", consumerGroup = "g", key = "payload.(")
        void on(String text) {}
    }

    static class BadDuration {
        @IdempotentListener(topic = "t", consumerGroup = "g", maxDelay = "soon")
        void on(String text) {}
    }

    static class TagAndSql {
        @IdempotentListener(topic = "t", consumerGroup = "g", tag = "a", sql = "x = 1")
        void on(String text) {}
    }

    static class BatchWithoutList {
        @IdempotentListener(topic = "t", consumerGroup = "g", batch = "8")
        void on(String text) {}
    }

    static class BatchWithMore {
        @IdempotentListener(topic = "t", consumerGroup = "g", batch = "8")
        void on(List<String> texts, @Headers Map<String, Object> headers) {}
    }

    static class BatchOfOne {
        @IdempotentListener(topic = "t", consumerGroup = "g", batch = "1")
        void on(List<String> texts) {}
    }

    static class BatchAndCoalesce {
        @IdempotentListener(topic = "t", consumerGroup = "g", batch = "8", coalesce = "8")
        void on(List<String> texts) {}
    }

    static class MessagesWithoutBatch {
        @IdempotentListener(topic = "t", consumerGroup = "g")
        void on(List<Message<String>> texts) {}
    }

    static class Fine {
        @IdempotentListener(topic = "t", consumerGroup = "g", maxDelay = "5m", autoStartup = "false")
        void on(String text) {}
    }

    @Test
    void refusesWhatCannotWork() {
        refused(new PrivateMethod(), "is private: make it at least package-private");
        refused(new StaticMethod(), "is static");
        refused(new BlankTopic(), "topic \" \" is blank");
        refused(new BlankGroup(), "consumerGroup");
        refused(new UnresolvedPlaceholder(), "a placeholder has no value");
        refused(new NoConcurrency(), "concurrency \"0\" is 0: give at least 1");
        refused(new SameId(), "Two listeners have the id 'same'");
        refused(new SameGroup(), "Two listeners share the consumer group g");
        refused(new SameGroupOtherWindow(), "share the consumer group g but not the dedup window");
        refused(new OwnTransaction(), "propagation REQUIRES_NEW");
        refused(new JakartasOwnTransaction(), "propagation REQUIRES_NEW");
        refused(new OtherTransactionManager(), "has its own @Transactional(\"other\"), which begins a transaction of");
        refused(new ShortWindow(), "The dedup window of listener 'g'");
        refused(new OtherThread(), "works on another thread");
        refused(new BadKey(), "key \"payload.(\" is not a valid expression");
        refused(new BadDuration(), "maxDelay \"soon\"");
        refused(new TagAndSql(), "keep one of them");
        refused(new BatchWithoutList(), "does not take one List");
        refused(new BatchWithMore(), "does not take one List");
        refused(new BatchOfOne(), "batch \"1\" is 1: give at least 2");
        refused(new BatchAndCoalesce(), "has both batch and coalesce");
        refused(new MessagesWithoutBatch(), "set batch, or take one Message");
    }

    @Test
    void startsWhatCanWork() {
        try (GenericApplicationContext context = context(new Fine())) {
            context.refresh();
            assertThat(context.getBean(ListenerRegistry.class).list()).hasSize(1);
        }
    }

    @Test
    void startsAHandlerWithATransactionOfTheListeners() {
        for (Object listener : new Object[] {new ListenersTransactionManager(), new DefaultTransactionManager()}) {
            try (GenericApplicationContext context = context(listener)) {
                context.refresh();
                assertThat(context.getBean(ListenerRegistry.class).list()).hasSize(1);
            }
        }
    }

    @Test
    void refusesADeadLetterMethodWithAnotherArgument() {
        try (GenericApplicationContext context = context(new DeadLettersWithAnotherArgument())) {
            assertThatThrownBy(context::refresh)
                    .rootCause()
                    .isInstanceOf(ListenerConfigurationException.class)
                    .hasMessageContaining("does not take one io.reliablemq.consumer.DeadLetter");
        }
    }

    @Test
    void refusesADefaultTransactionManagerThatIsNotTheListeners() {
        try (GenericApplicationContext context = context(new DefaultTransactionManager())) {
            context.getBeanDefinition("ours").setPrimary(false);
            context.getBeanDefinition("other").setPrimary(true);
            assertThatThrownBy(context::refresh).hasMessageContaining("has its own @Transactional, which begins");
        }
    }

    private static void refused(Object listener, String message) {
        try (GenericApplicationContext context = context(listener)) {
            assertThatThrownBy(context::refresh)
                    .isInstanceOf(ListenerConfigurationException.class)
                    .hasMessageContaining(message);
        }
    }

    private static GenericApplicationContext context(Object listener) {
        DriverManagerDataSource dataSource = new DriverManagerDataSource("jdbc:h2:mem:start-up");
        DataSourceTransactionManager ours = new DataSourceTransactionManager(dataSource);
        ListenerInfrastructure infrastructure = new ListenerInfrastructure(
                dataSource, ours, new InMemoryBroker(), ConsumerSettings.defaults(), ListenerObserver.NONE);
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean("ours", PlatformTransactionManager.class, () -> ours, bean -> bean.setPrimary(true));
        context.registerBean(
                "other",
                PlatformTransactionManager.class,
                () -> new DataSourceTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:other")));
        context.registerBean("deadLetters", DeadLetterListeners.class, DeadLetterListeners::new);
        context.registerBean("listeners", ListenerRegistry.class, infrastructure::containers);
        context.registerBean(
                "processor",
                ListenerAnnotationProcessor.class,
                () -> ListenerInfrastructure.annotationProcessor(
                        () -> infrastructure, JacksonJsonMessageConverter::new, () -> null));
        context.registerBean("listener", Object.class, () -> listener);
        return context;
    }
}
