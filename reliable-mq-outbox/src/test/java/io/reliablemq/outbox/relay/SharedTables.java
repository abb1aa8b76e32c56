package io.reliablemq.outbox.relay;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.testdatabases.Database;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The tables of an outbox that several relays share, each with its own connections; empty again when this is closed. */
final class SharedTables implements AutoCloseable {

    /** Those of the writers. */
    final JdbcOutbox outbox;

    final JdbcTemplate jdbc;
    /** As it was at the beginning. */
    final LaneLayout layout;

    private final Database database;
    private final HikariDataSource writers;

    SharedTables(Database database, int connections, int lanes) {
        this.database = database;
        writers = database.dataSource(connections);
        jdbc = new JdbcTemplate(writers);
        outbox = JdbcOutbox.on(writers);
        Flyway.configure()
                .dataSource(writers)
                .locations("classpath:" + outbox.dialect().scripts())
                .table("reliable_mq_outbox_history")
                .load()
                .migrate();
        layout = outbox.lanes().layout(lanes);
    }

    JdbcOutbox ofAnotherProcess() {
        return JdbcOutbox.on(database.dataSource(4));
    }

    static OutgoingMessage message(String orderingKey) {
        return new OutgoingMessage(
                UUID.randomUUID(), "topic", null, null, orderingKey, "text/plain", new byte[100], Map.of(), 1, 0);
    }

    List<OutboxRow> insert(List<LaneMessage> messages) {
        return transaction().execute(status -> outbox.store().insert(messages));
    }

    TransactionTemplate transaction() {
        return new TransactionTemplate(new DataSourceTransactionManager(writers));
    }

    @Override
    public void close() {
        List.of("", "_parked", "_node", "_lane", "_setting", "_archive", "_audit")
                .forEach(table -> jdbc.update("DELETE FROM reliable_mq_outbox" + table));
        writers.close();
    }
}
