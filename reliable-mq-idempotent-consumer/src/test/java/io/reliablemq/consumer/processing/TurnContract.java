package io.reliablemq.consumer.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.InboxSchema;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.jdbc.JdbcInbox;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.testdatabases.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A worker's turn, in which its transactions use one connection, on every database. */
@Timeout(60)
abstract class TurnContract {

    private final ListenerEndpoint endpoint = endpoint("turn-" + UUID.randomUUID());
    private HikariDataSource pool;
    JdbcTemplate jdbc;
    IdempotentProcessing processing;
    HandledCall.Handler handler = message -> effect(message.id());

    @BeforeEach
    void build(Database database) {
        InboxSchema.migrate(database).close();
        pool = database.dataSource(1);
        jdbc = new JdbcTemplate(pool);
        jdbc.update("delete from effect");
        processing = processing(pool);
    }

    @AfterEach
    void nothingIsLeft() throws SQLException {
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
        pool.close();
    }

    @Test
    void itsMessagesUseOneConnectionWhichIsGivenBack() {
        assertThat(active()).isZero();
        try (MessageProcessor.Turn unused = processing.turn()) {
            for (String id : List.of("m1", "m2", "m3")) {
                assertProcessed(id);
                assertThat(active()).isOne();
            }
        }
        assertThat(active()).isZero();
        assertThat(effects()).containsExactly("m1", "m2", "m3");
    }

    @Test
    void takesNoConnectionBeforeThereIsAMessage() {
        try (MessageProcessor.Turn turn = processing.turn()) {
            assertThat(active()).isZero();
            assertThat(turn.goesOn()).isTrue();
        }
    }

    @Test
    void eachMessageIsCommittedBeforeTheNextOne(Database database) {
        try (HikariDataSource other = database.dataSource(1);
                MessageProcessor.Turn unused = processing.turn()) {
            assertProcessed("m1");
            assertThat(new JdbcTemplate(other).queryForList("select message from effect", String.class))
                    .containsExactly("m1");
        }
    }

    @Test
    void aFailedMessageLeavesNothingToTheNextOne() {
        try (MessageProcessor.Turn unused = processing.turn()) {
            assertProcessed("m1");
            handler = message -> {
                effect("half");
                throw new IllegalStateException("no");
            };
            assertThat(process("m2")).isInstanceOf(ProcessingOutcome.Postponed.class);
            handler = message -> effect(message.id());
            assertProcessed("m3");
        }
        assertThat(effects()).containsExactly("m1", "m3");
    }

    @Test
    void whatACallbackLeavesOpenAfterACommitIsCommittedAsWithoutATurn() {
        handler = message -> {
            effect(message.id());
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    effect(message.id() + " late");
                }
            });
        };
        try (MessageProcessor.Turn unused = processing.turn()) {
            assertProcessed("m1");
            handler = message -> {
                throw new IllegalStateException("what rolls back its own transaction and nothing else");
            };
            assertThat(process("m2")).isInstanceOf(ProcessingOutcome.Postponed.class);
        }
        assertThat(effects()).containsExactly("m1", "m1 late");
    }

    @Test
    void anotherConnectionIsTakenForOneThatBroke() {
        try (MessageProcessor.Turn unused = processing.turn()) {
            handler = message -> {
                effect(message.id());
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        breakConnection();
                    }
                });
            };
            assertProcessed("m1");
            handler = message -> effect(message.id());
            assertProcessed("m2");
        }
        assertThat(effects()).containsExactly("m1", "m2");
    }

    @Test
    void oneThatBreaksInATransactionCommitsNothingAndIsNotKept() {
        try (MessageProcessor.Turn unused = processing.turn()) {
            assertProcessed("m1");
            handler = message -> {
                effect(message.id());
                breakConnection();
            };
            assertThat(process("m2")).isNotInstanceOf(ProcessingOutcome.Settled.class);
            handler = message -> {
                effect(message.id());
                breakConnection();
                throw new IllegalStateException("what cannot be rolled back either");
            };
            assertThat(process("m3")).isNotInstanceOf(ProcessingOutcome.Settled.class);
            handler = message -> {
                effect(message.id());
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCompletion() {
                        breakConnection();
                    }
                });
            };
            assertThat(process("m4")).isNotInstanceOf(ProcessingOutcome.Settled.class);
            handler = message -> effect(message.id());
            for (String id : List.of("m2", "m3", "m4")) {
                assertProcessed(id);
            }
        }
        assertThat(effects()).containsExactly("m1", "m2", "m3", "m4");
    }

    @Test
    void aHandlersOwnTransactionHasAConnectionOfItsOwn(Database database) {
        try (HikariDataSource two = database.dataSource(2)) {
            IdempotentProcessing both = processing(two);
            JdbcTemplate inner = new JdbcTemplate(two);
            handler = message -> {
                inner.update("insert into effect values ('outer')");
                new Transactions(new DataSourceTransactionManager(two))
                        .execute(() -> inner.update("insert into effect values ('inner')"));
                throw new IllegalStateException("no");
            };
            try (MessageProcessor.Turn unused = both.turn()) {
                assertThat(both.process(endpoint, Messages.message("m1", "m1")))
                        .isInstanceOf(ProcessingOutcome.Postponed.class);
            }
            assertThat(effects()).containsExactly("inner");
        }
    }

    @Test
    void endsWhenSomebodyWaitsForTheConnection() throws Exception {
        CompletableFuture<Integer> waiting;
        try (MessageProcessor.Turn turn = processing.turn()) {
            assertProcessed("m1");
            waiting = CompletableFuture.supplyAsync(() -> effects().size(), task -> new Thread(task).start());
            await().until(() -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
            assertThat(turn.goesOn()).isFalse();
        }
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isOne();
    }

    @Test
    void givesTheConnectionBackWhileItsThreadWaitsForSomethingElse() {
        try (MessageProcessor.Turn unused = processing.turn()) {
            assertProcessed("m1");
            processing.rest();
            assertThat(active()).isZero();
            assertProcessed("m2");
            assertThat(active()).isOne();
        }
        assertThat(effects()).containsExactly("m1", "m2");
    }

    @Test
    void aDatabaseThatWasNeverThereIsAnOutcomeAsWithoutATurn() {
        try (HikariDataSource nowhere = new HikariDataSource()) {
            nowhere.setJdbcUrl("jdbc:h2:tcp://127.0.0.1:1/none");
            IdempotentProcessing without = processing(nowhere);
            try (MessageProcessor.Turn turn = without.turn()) {
                assertThat(without.process(endpoint, Messages.full("m1", null, "a", 0, 1)))
                        .isInstanceOf(ProcessingOutcome.InfrastructureFailed.class);
                assertThatNoException().isThrownBy(turn::goesOn);
            }
        }
    }

    @Test
    void endsInAnyCase() {
        try (MessageProcessor.Turn turn = processing.turn()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> !turn.goesOn());
        }
    }

    @Test
    void isOneMessageWhereConnectionsDependOnWhoAsks() {
        try (MessageProcessor.Turn turn =
                processing(new DelegatingDataSource(pool)).turn()) {
            assertThat(turn.goesOn()).isFalse();
        }
    }

    private static IdempotentProcessing processing(DataSource dataSource) {
        JdbcInbox inbox = JdbcInbox.on(dataSource);
        return new IdempotentProcessing(
                inbox,
                inbox.deadLetters(),
                new DataSourceTransactionManager(dataSource),
                ConsumerSettings.defaults(),
                ListenerObserver.NONE);
    }

    private ListenerEndpoint endpoint(String group) {
        return new ListenerEndpoint(
                group,
                "test",
                new Subscription("orders", group, "*", false, false),
                new ListenerPolicy(
                        1,
                        1,
                        true,
                        false,
                        Duration.ofDays(7),
                        new RetryPolicy(3, Duration.ofMillis(10), 2, Duration.ofMillis(100)),
                        List.of()),
                message -> new HandledCall(received -> handler.handle(received), message, "business-key"));
    }

    void assertProcessed(String id) {
        assertThat(process(id)).isEqualTo(new ProcessingOutcome.Settled(ProcessingOutcome.Kind.PROCESSED));
    }

    private ProcessingOutcome process(String id) {
        return processing.process(endpoint, Messages.message(id, id));
    }

    private void effect(String text) {
        jdbc.update("insert into effect values (?)", text);
    }

    private List<String> effects() {
        return jdbc.queryForList("select message from effect", String.class);
    }

    private int active() {
        return pool.getHikariPoolMXBean().getActiveConnections();
    }

    /** Closes the driver's connection of the current transaction, behind the pool's back. */
    private void breakConnection() {
        try {
            DataSourceUtils.getConnection(pool).unwrap(driverConnection()).close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private Class<? extends Connection> driverConnection() {
        try {
            return (Class<? extends Connection>) Class.forName(
                    switch (pool.getJdbcUrl().split(":", 3)[1]) {
                        case "h2" -> "org.h2.jdbc.JdbcConnection";
                        case "mysql" -> "com.mysql.cj.jdbc.JdbcConnection";
                        case "mariadb" -> "org.mariadb.jdbc.Connection";
                        default -> "org.postgresql.jdbc.PgConnection";
                    });
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
