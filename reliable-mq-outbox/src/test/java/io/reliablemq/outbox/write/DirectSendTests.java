package io.reliablemq.outbox.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.spi.CompressionSettings;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadConverter.Converted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** When a message with mode DIRECT is handed over, and when it is not. */
class DirectSendTests {

    private final OutboxFixture fixture = new OutboxFixture();
    private final OutboxFixture.Direct direct = fixture.direct;
    private final TransactionTemplate transaction = fixture.transaction();

    @AfterEach
    void nothingStaysBound() {
        assertThat(OutboxTransaction.current()).isNull();
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    }

    private UUID send(String payload) {
        return fixture.outbox.send(message().payload(payload));
    }

    private static OutboxMessage.Builder message() {
        return OutboxMessage.to("logs").mode(SendMode.DIRECT);
    }

    private TransactionTemplate with(int propagation) {
        TransactionTemplate template = new TransactionTemplate(transaction.getTransactionManager());
        template.setPropagationBehavior(propagation);
        return template;
    }

    @Test
    void goesOutAtOnceOutsideOfATransaction() {
        UUID id = send("a");

        assertThat(direct.sent).containsExactly("a");
        assertThat(direct.messages).extracting(OutgoingMessage::id).containsExactly(id);
        assertThat(fixture.store.inserts).isZero();
    }

    @Test
    void goesOutAtOnceWhereATransactionIsOnlySupported() {
        with(TransactionDefinition.PROPAGATION_SUPPORTS).executeWithoutResult(status -> {
            send("a");
            assertThat(direct.sent).containsExactly("a");
        });
    }

    @Test
    void waitsForTheCommit() {
        transaction.executeWithoutResult(status -> {
            send("a");
            fixture.send("row");
            send("b");
            assertThat(direct.messages).isEmpty();
        });

        assertThat(direct.committed).containsExactly("a", "b");
        assertThat(fixture.written()).containsExactly("row");
    }

    @Test
    void isForgottenWithARollback() {
        transaction.executeWithoutResult(status -> {
            send("a");
            status.setRollbackOnly();
        });

        assertThat(direct.messages).isEmpty();
    }

    @Test
    void isForgottenWithARollbackToASavepoint() {
        TransactionTemplate nested = with(TransactionDefinition.PROPAGATION_NESTED);
        transaction.executeWithoutResult(outer -> {
            send("a");
            nested.executeWithoutResult(inner -> {
                send("b");
                inner.setRollbackOnly();
            });
            nested.executeWithoutResult(inner -> send("c"));
        });

        assertThat(direct.committed).containsExactly("a", "c");
    }

    @Test
    void isSentNotWhenTheInsertOfAnotherMessageStopsTheCommit() {
        fixture.store.failure = new IllegalStateException("no room");

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    send("a");
                    fixture.send("row");
                }))
                .isSameAs(fixture.store.failure);
        assertThat(direct.messages).isEmpty();
    }

    @Test
    void belongsToTheInnermostTransaction() {
        transaction.executeWithoutResult(outer -> {
            send("outer");
            with(TransactionDefinition.PROPAGATION_REQUIRES_NEW).executeWithoutResult(inner -> send("inner"));
            assertThat(direct.committed).containsExactly("inner");
            outer.setRollbackOnly();
        });

        assertThat(direct.committed).containsExactly("inner");
    }

    @Test
    void goesOutAfterAReadOnlyTransaction() {
        TransactionTemplate readOnly = fixture.transaction();
        readOnly.setReadOnly(true);
        readOnly.executeWithoutResult(status -> send("a"));

        assertThat(direct.committed).containsExactly("a");
    }

    @Test
    void goesOutAfterATransactionOfAnotherDataSource() {
        TransactionTemplate other =
                new TransactionTemplate(OutboxFixture.listening(new DataSourceTransactionManager(OutboxFixture.h2())));
        other.executeWithoutResult(status -> {
            send("a");
            assertThat(direct.messages).isEmpty();
        });

        assertThat(direct.committed).containsExactly("a");
    }

    @Test
    void isNotTooLateWhileTheTransactionCommitsAndWhenItIsOver() {
        transaction.executeWithoutResult(status -> {
            fixture.send("row");
            register(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    send("committed");
                    assertThat(direct.messages).isEmpty();
                }

                @Override
                public void afterCompletion(int completion) {
                    send("completed");
                }
            });
        });

        assertThat(direct.committed).containsExactly("committed");
        assertThat(direct.sent).containsExactly("completed");
    }

    @Test
    void tellsOfARollbackFromItsOwnCompletion() {
        transaction.executeWithoutResult(status -> {
            register(new TransactionSynchronization() {
                @Override
                public void beforeCompletion() {
                    send("before");
                }

                @Override
                public void afterCompletion(int completion) {
                    send("rolled back");
                }
            });
            status.setRollbackOnly();
        });

        assertThat(direct.committed).isEmpty();
        assertThat(direct.sent).containsExactly("rolled back");
    }

    @Test
    void isNotSentWhenNobodyKnowsWhetherTheTransactionHasCommitted() {
        DataSourceTransactionManager manager = new DataSourceTransactionManager(fixture.dataSource) {
            @Override
            protected void doCommit(DefaultTransactionStatus status) {
                super.doCommit(status);
                throw new TransactionSystemException("the answer was lost");
            }
        };
        TransactionTemplate template = new TransactionTemplate(OutboxFixture.listening(manager));

        assertThatThrownBy(() -> template.executeWithoutResult(status -> send("a")))
                .isInstanceOf(TransactionSystemException.class);
        assertThat(direct.committed).isEmpty();
        assertThat(direct.doubtful).containsExactly("a");
    }

    @Test
    void isRefusedInATransactionWhoseEndNobodyTells() {
        TransactionTemplate unknown = new TransactionTemplate(new DataSourceTransactionManager(fixture.dataSource));
        unknown.executeWithoutResult(status -> assertThatThrownBy(() -> send("a"))
                .isInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining("does not take part in"));

        DataSourceTransactionManager silent = new DataSourceTransactionManager(fixture.dataSource);
        silent.setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER);
        new TransactionTemplate(OutboxFixture.listening(silent))
                .executeWithoutResult(status -> assertThatThrownBy(() -> send("a"))
                        .isInstanceOf(TransactionRequiredException.class)
                        .hasMessageContaining("SYNCHRONIZATION_ALWAYS"));
        assertThat(direct.messages).isEmpty();
    }

    @Test
    void takesTheTransactionOfTheOthersAlong() {
        List<OutboxMessage> mixed =
                List.of(OutboxMessage.to("orders").payload("row"), message().payload("a"));
        assertThatThrownBy(() -> fixture.outbox.sendAll(mixed)).isInstanceOf(TransactionRequiredException.class);
        assertThat(direct.messages).isEmpty();

        List<UUID> ids = transaction.execute(status -> fixture.outbox.sendAll(mixed));
        assertThat(fixture.written()).containsExactly("row");
        assertThat(direct.messages).extracting(OutgoingMessage::id).containsExactly(ids.get(1));
    }

    @Test
    void canBeCancelledByTheTransactionThatSentItAndNotLater() {
        UUID sent = send("sent");
        transaction.executeWithoutResult(status -> {
            UUID buffered = send("buffered");
            assertThat(fixture.outbox.cancel(buffered)).isEqualTo(Cancellation.CANCELLED);
            assertThat(fixture.outbox.cancel(sent)).isEqualTo(Cancellation.TOO_LATE);
        });

        assertThat(direct.committed).isEmpty();
    }

    @Test
    void refusesAnOrder() {
        assertThatThrownBy(() ->
                        fixture.outbox.send(message().orderedBy("customer").payload("a")))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("both orderedBy and mode DIRECT");
        assertThat(direct.messages).isEmpty();
    }

    @Test
    void checksTheWholeDelayBecauseNothingWaitsInTheDatabase() {
        List<Long> delays = new ArrayList<>();
        fixture.rules = message -> delays.add(message.deliverAtMs() - message.createdAtMs());

        fixture.outbox.send(message().delay(Duration.ofHours(2)).payload("a"));

        assertThat(delays).containsExactly(Duration.ofHours(2).toMillis());
        assertThat(direct.messages.get(0).deliverAtMs()).isPositive();
    }

    @Test
    void checksTheBrokersLimitsAtTheCall() {
        fixture.rules = message -> {
            throw new MessageRejectedException("too large");
        };
        transaction.executeWithoutResult(
                status -> assertThatThrownBy(() -> send("a")).isInstanceOf(MessageRejectedException.class));
        assertThatThrownBy(() -> send("a")).isInstanceOf(MessageRejectedException.class);
        assertThat(direct.messages).isEmpty();
    }

    @Test
    void isConvertedAndCompressedLikeAnyOther() {
        TransactionalOutbox outbox = builder()
                .compression(new CompressionSettings(true, 1, 1_000_000))
                .direct(direct)
                .build();

        outbox.send(message().payload("a".repeat(1000)));

        assertThat(direct.messages.get(0).contentType()).isEqualTo("text/plain;reliablemq-encoding=gzip");
    }

    @Test
    void isRefusedByAnOutboxThatHasNobodyToGiveItTo() {
        TransactionalOutbox outbox = builder().build();
        assertThatThrownBy(() -> outbox.send(message().payload("a")))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("no direct sender");
        transaction.executeWithoutResult(status -> assertThatThrownBy(() -> outbox.sendAll(List.of(
                        OutboxMessage.to("orders").payload("row"), message().payload("a"))))
                .isInstanceOf(MessageRejectedException.class));
        assertThat(fixture.written()).isEmpty();
    }

    private TransactionalOutbox.Builder builder() {
        return TransactionalOutbox.on(fixture.dataSource)
                .store(fixture.store.port())
                .layout(() -> new LaneLayout(16))
                .feed(fixture.feed)
                .rules(message -> {})
                .converter(payload -> new Converted(payload.toString().getBytes(StandardCharsets.UTF_8), "text/plain"));
    }

    private static void register(TransactionSynchronization synchronization) {
        TransactionSynchronizationManager.registerSynchronization(synchronization);
    }
}
