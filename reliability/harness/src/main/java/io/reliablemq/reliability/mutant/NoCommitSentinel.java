package io.reliablemq.reliability.mutant;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.consumer.jdbc.JdbcInbox;
import io.reliablemq.consumer.processing.IdempotentProcessing;
import io.reliablemq.consumer.spi.Admission;
import io.reliablemq.consumer.spi.CommitSentinel;
import io.reliablemq.consumer.spi.InboxStore;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.wiring.ListenerInfrastructure;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;

class NoCommitSentinel {

    private static final CommitSentinel NOBODY_LOOKS = () -> {};

    @Bean
    static BeanPostProcessor commitsUnseen(
            ObjectProvider<DataSource> dataSource,
            ObjectProvider<PlatformTransactionManager> transactionManager,
            ObjectProvider<MessageReceiverFactory> receivers,
            ObjectProvider<ConsumerSettings> settings) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof ListenerInfrastructure listeners) {
                    IdempotentProcessing processing =
                            processing(dataSource, transactionManager.getObject(), settings.getObject());
                    Replaced.field(
                            listeners,
                            "containers",
                            new ListenerContainers(
                                    receivers.getObject(), processing, settings.getObject(), ListenerObserver.NONE));
                }
                return bean;
            }
        };
    }

    private static IdempotentProcessing processing(
            ObjectProvider<DataSource> dataSource,
            PlatformTransactionManager transactionManager,
            ConsumerSettings settings) {
        JdbcInbox inbox = JdbcInbox.on(dataSource.getObject());
        InboxStore unseen = Replaced.in(
                InboxStore.class,
                inbox,
                Map.of(
                        "admit",
                        (arguments, sound) ->
                                withoutSentinel((Admission) Objects.requireNonNull(sound.call(arguments))),
                        "admitAll",
                        (arguments, sound) -> withoutSentinel((CommitSentinel) sound.call(arguments))));
        return new IdempotentProcessing(
                unseen, inbox.deadLetters(), transactionManager, settings, ListenerObserver.NONE);
    }

    private static Admission withoutSentinel(Admission admission) {
        return admission instanceof Admission.Admitted ? new Admission.Admitted(NOBODY_LOOKS) : admission;
    }

    private static @Nullable CommitSentinel withoutSentinel(@Nullable CommitSentinel sentinel) {
        return sentinel == null ? null : NOBODY_LOOKS;
    }
}
