package io.reliablemq.outbox.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.outbox.TransactionRequiredException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class TransactionCheckTests {

    private final OutboxFixture fixture = new OutboxFixture();
    private final DataSource otherDataSource = OutboxFixture.h2();

    @Test
    void refusesWithoutATransaction() {
        assertRefused("There is no transaction");
    }

    @Test
    void refusesInAReadOnlyTransaction() {
        TransactionTemplate template = fixture.transaction();
        template.setReadOnly(true);
        template.setName("Orders.report");
        template.executeWithoutResult(status -> assertRefused("'Orders.report' is read-only"));
    }

    @Test
    void refusesInTheTransactionOfAnotherDataSourceAndNamesItsManager() {
        other().executeWithoutResult(status ->
                assertRefused("begun by transaction manager 'testTransactionManager', is not bound to the outbox's"));
    }

    @Test
    void doesNotTakeAConnectionThatOnlySupportsATransactionForOne() {
        other().executeWithoutResult(status -> {
            DataSourceUtils.getConnection(fixture.dataSource); // binds a holder, with autocommit on
            assertRefused("does not commit the connection to the outbox's DataSource");
        });
    }

    @Test
    void refusesInTheTransactionOfAnotherDataSourceThatIsInsideOneOfOurs() {
        fixture.transaction().executeWithoutResult(outer -> {
            fixture.send("outer");
            other().executeWithoutResult(inner ->
                    assertRefused("that is bound to this thread: that belongs to another transaction"));
            fixture.send("outer again");
        });

        assertThat(fixture.written()).containsExactly("outer", "outer again");
    }

    @Test
    void acceptsOneOfOursInsideTheTransactionOfAnotherDataSource() {
        other().executeWithoutResult(outer -> {
            fixture.transaction().executeWithoutResult(inner -> fixture.send("a"));
            outer.setRollbackOnly();
        });

        assertThat(fixture.written()).containsExactly("a");
    }

    @Test
    void refusesWhenTheTransactionManagerDoesNotTellTheOutbox() {
        TransactionTemplate deaf = new TransactionTemplate(new DataSourceTransactionManager(fixture.dataSource));
        deaf.executeWithoutResult(status -> assertRefused("that the outbox does not take part in"));
    }

    @Test
    void refusesInATransactionWithoutListenerInsideOneWithIt() {
        TransactionTemplate deaf = new TransactionTemplate(new DataSourceTransactionManager(fixture.dataSource));
        deaf.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        fixture.transaction()
                .executeWithoutResult(outer ->
                        deaf.executeWithoutResult(inner -> assertRefused("that the outbox does not take part in")));
    }

    @Test
    void refusesWhenSynchronizationIsSwitchedOff() {
        DataSourceTransactionManager manager =
                OutboxFixture.listening(new DataSourceTransactionManager(fixture.dataSource));
        manager.setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER);
        new TransactionTemplate(manager).executeWithoutResult(status -> assertThatThrownBy(() -> fixture.send("a"))
                .isInstanceOf(TransactionRequiredException.class));
    }

    @Test
    void refusesWhenTheConnectionCommitsEachStatement() {
        DataSourceTransactionManager manager = new DataSourceTransactionManager(fixture.dataSource) {
            @Override
            protected void prepareTransactionalConnection(Connection connection, TransactionDefinition definition)
                    throws SQLException {
                connection.setAutoCommit(true);
            }
        };
        new TransactionTemplate(OutboxFixture.listening(manager)).executeWithoutResult(status -> {
            assertRefused("autocommit on");
            status.setRollbackOnly();
        });
    }

    @Test
    void refusesInATransactionOfSomethingElse() {
        AbstractPlatformTransactionManager jtaLike = new AbstractPlatformTransactionManager() {
            @Override
            protected Object doGetTransaction() {
                return new Object();
            }

            @Override
            protected void doBegin(Object transaction, TransactionDefinition definition) {}

            @Override
            protected void doCommit(DefaultTransactionStatus status) {}

            @Override
            protected void doRollback(DefaultTransactionStatus status) {}
        };
        new TransactionTemplate(OutboxFixture.listening(jtaLike)).executeWithoutResult(status -> {
            assertRefused("but to no resource");
            new JdbcTemplate(fixture.dataSource).execute("SELECT 1"); // as a JTA data source, it is bound now
            assertRefused("does not commit the connection");
        });
    }

    @Test
    void refusesInAnEmptyTransactionThatOnlyHasSynchronization() {
        DefaultTransactionDefinition supports =
                new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_SUPPORTS);
        new TransactionTemplate(OutboxFixture.listening(new DataSourceTransactionManager(fixture.dataSource)), supports)
                .executeWithoutResult(status -> assertRefused("There is no transaction"));
    }

    @Test
    void seesThroughATransactionAwareProxy() {
        OutboxFixture.Feed feed = new OutboxFixture.Feed();
        TransactionalOutbox proxied = TransactionalOutbox.on(new TransactionAwareDataSourceProxy(fixture.dataSource))
                .store(fixture.store.port())
                .layout(() -> null)
                .feed(feed)
                .rules(message -> {})
                .converter(payload -> new io.reliablemq.outbox.spi.PayloadConverter.Converted(new byte[0], "x"))
                .build();
        fixture.transaction()
                .executeWithoutResult(status -> proxied.send(
                        io.reliablemq.outbox.OutboxMessage.to("orders").payload("a")));

        assertThat(feed.committed).hasSize(1);
    }

    @Test
    void refusesWhenTheTransactionManagerHasALazyProxyThatTheOutboxHasNot() {
        DataSourceTransactionManager lazy =
                new DataSourceTransactionManager(new LazyConnectionDataSourceProxy(fixture.dataSource));
        new TransactionTemplate(OutboxFixture.listening(lazy))
                .executeWithoutResult(status -> assertRefused("LazyConnectionDataSourceProxy"));
    }

    @Test
    void bindsNoConnectionByChecking() {
        other().executeWithoutResult(status -> {
            assertThatThrownBy(() -> fixture.send("a")).isInstanceOf(TransactionRequiredException.class);
            assertThat(TransactionSynchronizationManager.hasResource(fixture.dataSource))
                    .isFalse();
        });
    }

    private TransactionTemplate other() {
        return new TransactionTemplate(OutboxFixture.listening(new DataSourceTransactionManager(otherDataSource)));
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> fixture.send("phantom"))
                .isInstanceOf(TransactionRequiredException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("Nothing was sent. ");
    }
}
