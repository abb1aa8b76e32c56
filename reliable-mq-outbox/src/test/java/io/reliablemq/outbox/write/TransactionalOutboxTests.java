package io.reliablemq.outbox.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.OutboxException;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.TransactionRequiredException;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.OutgoingMessage;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.Ordered;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class TransactionalOutboxTests {

    private final OutboxFixture fixture = new OutboxFixture();
    private final TransactionTemplate transaction = fixture.transaction();

    @AfterEach
    void nothingStaysAnnouncedOrBound() {
        assertThat(fixture.feed.held).isEmpty();
        assertThat(OutboxTransaction.current()).isNull();
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    }

    @Test
    void writesTheMessagesOfACommittedTransactionInOneInsert() {
        List<UUID> ids = transaction.execute(status -> List.of(fixture.send("a"), fixture.send("b")));

        assertThat(fixture.written()).containsExactly("a", "b");
        assertThat(fixture.store.inserts).isEqualTo(1);
        assertThat(fixture.feed.committed).extracting(row -> row.message().id()).containsExactlyElementsOf(ids);
        assertThat(fixture.feed.released).isEmpty();
        assertThat(fixture.observed).extracting(OutgoingMessage::id).containsExactlyElementsOf(ids);
        assertThat(ids).allSatisfy(id -> assertThat(id.version()).isEqualTo(7));
    }

    @Test
    void writesNothingWhenTheTransactionRollsBack() {
        transaction.executeWithoutResult(status -> {
            fixture.send("a");
            status.setRollbackOnly();
        });

        assertThat(fixture.written()).isEmpty();
        assertThat(fixture.store.inserts).isZero();
    }

    @Test
    void keepsTheTransactionsOfAThreadApart() {
        transaction.executeWithoutResult(status -> fixture.send("a"));
        transaction.executeWithoutResult(status -> {
            fixture.send("b");
            status.setRollbackOnly();
        });
        transaction.executeWithoutResult(status -> fixture.send("c"));

        assertThat(fixture.written()).containsExactly("a", "c");
    }

    @Test
    void joinsTheTransactionThatIsThere() {
        transaction.executeWithoutResult(outer -> {
            fixture.send("a");
            transaction.executeWithoutResult(inner -> fixture.send("b"));
            assertThat(fixture.store.inserts).isZero();
            fixture.send("c");
        });

        assertThat(fixture.written()).containsExactly("a", "b", "c");
    }

    @Test
    void putsOrderedMessagesIntoTheLaneOfTheirKeyAndOthersIntoTheLaneOfThisNode() {
        transaction.executeWithoutResult(status -> {
            fixture.send("free");
            fixture.outbox.send(
                    OutboxMessage.to("orders").orderedBy("customer-1").payload("ordered"));
        });

        assertThat(fixture.feed.committed)
                .extracting(row -> row.ref().lane())
                .containsExactly(7, new LaneLayout(16).laneOf("customer-1"));
    }

    @Test
    void writesWhatSynchronisationsSendBeforeTheCommitWhateverTheirOrder() {
        transaction.executeWithoutResult(status -> {
            register(sending("first", Ordered.HIGHEST_PRECEDENCE));
            fixture.send("body");
            register(sending("last", Ordered.LOWEST_PRECEDENCE));
        });

        assertThat(fixture.written()).containsExactly("body", "first", "last", "first completing", "last completing");
    }

    private TransactionSynchronization sending(String payload, int order) {
        return new TransactionSynchronization() {
            @Override
            public int getOrder() {
                return order;
            }

            @Override
            public void beforeCommit(boolean readOnly) {
                fixture.send(payload);
            }

            @Override
            public void beforeCompletion() {
                fixture.send(payload + " completing");
            }
        };
    }

    @Test
    void refusesToSendWhileTheTransactionIsBeingCommitted() {
        DataSourceTransactionManager manager = new DataSourceTransactionManager(fixture.dataSource) {
            @Override
            protected void doCommit(DefaultTransactionStatus status) {
                fixture.send("too late");
                super.doCommit(status);
            }
        };
        OutboxFixture.listening(manager);

        assertThatThrownBy(
                        () -> new TransactionTemplate(manager).executeWithoutResult(status -> fixture.send("in time")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("is being committed");
        assertThat(fixture.written()).isEmpty();
        assertThat(fixture.feed.released).hasSize(1);
    }

    @Test
    void refusesToSendAfterTheCommitAndAfterTheCompletion() {
        AtomicReference<Throwable> afterCommit = new AtomicReference<>();
        AtomicReference<Throwable> afterCompletion = new AtomicReference<>();
        transaction.executeWithoutResult(status -> {
            fixture.send("in time");
            register(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    afterCommit.set(org.assertj.core.api.Assertions.catchThrowable(() -> fixture.send("late")));
                }

                @Override
                public void afterCompletion(int completion) {
                    afterCompletion.set(org.assertj.core.api.Assertions.catchThrowable(() -> fixture.send("later")));
                }
            });
        });

        assertThat(afterCommit.get()).isInstanceOf(TransactionRequiredException.class);
        assertThat(afterCompletion.get())
                .isInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining("is completed already");
        assertThat(fixture.written()).containsExactly("in time");
    }

    @Test
    void commitsTheInnerTransactionWhenTheOuterRollsBack() {
        transaction.executeWithoutResult(outer -> {
            fixture.send("outer");
            requiresNew().executeWithoutResult(inner -> fixture.send("inner"));
            fixture.send("outer again");
            outer.setRollbackOnly();
        });

        assertThat(fixture.written()).containsExactly("inner");
    }

    @Test
    void commitsTheOuterTransactionWhenTheInnerRollsBack() {
        transaction.executeWithoutResult(outer -> {
            fixture.send("outer");
            requiresNew().executeWithoutResult(inner -> {
                fixture.send("inner");
                inner.setRollbackOnly();
            });
            fixture.send("outer again");
        });

        assertThat(fixture.written()).containsExactly("outer", "outer again");
    }

    private TransactionTemplate requiresNew() {
        return with(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    private TransactionTemplate with(int propagation) {
        TransactionTemplate template = new TransactionTemplate(transaction.getTransactionManager());
        template.setPropagationBehavior(propagation);
        return template;
    }

    @Test
    void forgetsWhatWasSentSinceASavepointThatIsRolledBackTo() {
        TransactionTemplate nested = with(TransactionDefinition.PROPAGATION_NESTED);
        transaction.executeWithoutResult(outer -> {
            fixture.send("a");
            nested.executeWithoutResult(inner -> fixture.send("b"));
            nested.executeWithoutResult(inner -> {
                fixture.send("c");
                nested.executeWithoutResult(innermost -> fixture.send("d"));
                inner.setRollbackOnly();
            });
            fixture.send("e");
        });

        assertThat(fixture.written()).containsExactly("a", "b", "e");
    }

    @Test
    void forgetsEverythingWhenRolledBackToASavepointFromBeforeTheFirstMessage() {
        transaction.executeWithoutResult(status -> {
            Object early = status.createSavepoint();
            fixture.send("a");
            Object late = status.createSavepoint();
            fixture.send("b");
            status.rollbackToSavepoint(late);
            fixture.send("c");
            status.rollbackToSavepoint(late);
            status.rollbackToSavepoint(early);
            fixture.send("d");
        });

        assertThat(fixture.written()).containsExactly("d");
    }

    @Test
    void stopsTheCommitWhenTheInsertFails() {
        fixture.store.failure = new DataIntegrityViolationException("no room");

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> fixture.send("a")))
                .isSameAs(fixture.store.failure);
        assertThat(fixture.written()).isEmpty();
        assertThat(fixture.feed.released).hasSize(1);
    }

    @Test
    void rollsBackEvenWhenTheInsertFailsWithATransactionException() {
        fixture.store.failure = new TransactionSystemException("as it is, Spring would not roll back");

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> fixture.send("a")))
                .isInstanceOf(OutboxException.class)
                .hasCause(fixture.store.failure);
        assertThat(fixture.written()).isEmpty();
        assertThat(fixture.feed.released).hasSize(1);
    }

    @Test
    void stopsTheCommitWhenTheStoreForgetsARow() {
        fixture.store.forgetsRows = true;

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> fixture.send("a")))
                .hasMessageContaining("0 rows were written for 1 messages");
        assertThat(fixture.written()).isEmpty();
    }

    @Test
    void releasesWhatAnAnnouncementThatFailsMayHaveAnnounced() {
        fixture.feed.announceFailure = new IllegalStateException("the feed broke its contract");

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> fixture.send("a")))
                .isSameAs(fixture.feed.announceFailure);
        assertThat(fixture.written()).isEmpty();
        assertThat(fixture.feed.released).hasSize(1);
    }

    @Test
    void releasesWhenTheFeedFailsAfterTheCommitAndTellsBusinessCodeNothing() {
        fixture.feed.committedFailure = new IllegalStateException("the feed broke its contract");

        transaction.executeWithoutResult(status -> fixture.send("a"));

        assertThat(fixture.written()).containsExactly("a");
        assertThat(fixture.feed.released).hasSize(1);
    }

    @Test
    void releasesWhenNobodyKnowsWhetherTheCommitTookEffect() {
        DataSourceTransactionManager manager = new DataSourceTransactionManager(fixture.dataSource) {
            @Override
            protected void doCommit(DefaultTransactionStatus status) {
                super.doCommit(status);
                throw new TransactionSystemException("the answer was lost");
            }
        };
        TransactionTemplate template = new TransactionTemplate(OutboxFixture.listening(manager));

        assertThatThrownBy(() -> template.executeWithoutResult(status -> fixture.send("a")))
                .isInstanceOf(TransactionSystemException.class);
        assertThat(fixture.written()).containsExactly("a");
        assertThat(fixture.observed).isEmpty();
        assertThat(fixture.feed.committed).isEmpty();
        assertThat(fixture.feed.released).hasSize(1);
    }

    @Test
    void tellsTheFeedOfTheCommitWhenBusinessCodeFailsAfterIt() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    fixture.send("a");
                    register(new TransactionSynchronization() {
                        @Override
                        public void afterCommit() {
                            throw new IllegalStateException("after the commit");
                        }
                    });
                }))
                .hasMessage("after the commit");
        assertThat(fixture.feed.committed).hasSize(1);
    }

    @Test
    void serialisesAndChecksWhenSent() {
        StringBuilder payload = new StringBuilder("before");
        transaction.executeWithoutResult(status -> {
            fixture.outbox.send(OutboxMessage.to("orders").payload(payload));
            payload.append(" and after");
        });

        assertThat(fixture.written()).containsExactly("before");
    }

    @Test
    void sendsAllOrNone() {
        fixture.rules = message -> {
            if (message.payload().length > 3) {
                throw new MessageRejectedException("too large");
            }
        };
        transaction.executeWithoutResult(status -> {
            fixture.send("a");
            assertThatThrownBy(() -> fixture.outbox.sendAll(List.of(
                            OutboxMessage.to("orders").payload("b"),
                            OutboxMessage.to("orders").payload("large"))))
                    .isInstanceOf(MessageRejectedException.class);
        });

        assertThat(fixture.written()).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ":tag", "orders:"})
    void refusesAnEmptyTopicOrTag(String destination) {
        transaction.executeWithoutResult(status -> assertThatThrownBy(
                        () -> fixture.outbox.send(OutboxMessage.to(destination).payload("a")))
                .isInstanceOf(MessageRejectedException.class)
                .hasMessageContaining("empty"));
    }

    @Test
    void refusesWhatCouldNotBeDelivered() {
        OutboxMessage.Builder message = OutboxMessage.to("orders");
        transaction.executeWithoutResult(status -> {
            assertThatThrownBy(() -> fixture.outbox.send(
                            message.delay(Duration.ofSeconds(-1)).payload("a")))
                    .isInstanceOf(MessageRejectedException.class)
                    .hasMessageContaining("negative");
            assertThatThrownBy(() -> fixture.outbox.send(
                            message.delay(Duration.ofSeconds(Long.MAX_VALUE)).payload("a")))
                    .isInstanceOf(MessageRejectedException.class);
            assertThatThrownBy(() -> fixture.outbox.send(
                            message.delay(Duration.ofSeconds(1)).orderedBy("k").payload("a")))
                    .isInstanceOf(MessageRejectedException.class)
                    .hasMessageContaining("both orderedBy and a delay");
        });
    }

    @Test
    void countsTheDelayFromTheCallOfSend() {
        transaction.executeWithoutResult(status -> fixture.outbox.send(
                OutboxMessage.to("orders").delay(Duration.ofMinutes(2)).payload("a")));

        assertThat(fixture.store.delayed)
                .extracting(delayed ->
                        delayed.message().deliverAtMs() - delayed.message().createdAtMs())
                .containsExactly(120_000L);
    }

    @Test
    void listensToATransactionManagerOnce() {
        DataSourceTransactionManager manager = new DataSourceTransactionManager(fixture.dataSource);
        OutboxTransactionManagerPostProcessor processor = new OutboxTransactionManagerPostProcessor();
        processor.postProcessAfterInitialization(manager, "one");
        processor.postProcessAfterInitialization(manager, "one");

        assertThat(manager.getTransactionExecutionListeners()).hasSize(1);
        TransactionStatus status = manager.getTransaction(null);
        fixture.send("a");
        manager.commit(status);
        assertThat(fixture.written()).containsExactly("a");
    }

    private static void register(TransactionSynchronization synchronization) {
        TransactionSynchronizationManager.registerSynchronization(synchronization);
    }
}
