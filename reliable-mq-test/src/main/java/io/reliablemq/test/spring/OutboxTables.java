package io.reliablemq.test.spring;

import io.reliablemq.autoconfigure.ReliableMqDataSource;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.spi.OutboxStore.ParkedMessage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;

/** What is in the tables of the outbox, as others see it: what is committed. */
final class OutboxTables {

    private static final String WAITING = "select topic, count(*), 0 from reliable_mq_outbox group by topic";
    private static final String DELAYED =
            "select topic, count(*), min(deliver_at_ms) from reliable_mq_outbox_due group by topic";
    private static final int MOST_PARKED = 1_000;

    private final ListableBeanFactory beans;

    OutboxTables(ListableBeanFactory beans) {
        this.beans = beans;
    }

    /** One line for each topic; none when the application has no outbox. */
    List<String> waiting() {
        List<String> waiting = new ArrayList<>();
        if (store().isPresent()) {
            try (Connection connection = dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                read(statement, WAITING, waiting);
                read(statement, DELAYED, waiting);
            } catch (SQLException e) {
                waiting.add("outbox: cannot be read, " + e);
            }
        }
        return waiting;
    }

    private static void read(Statement statement, String sql, List<String> waiting) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                long due = rows.getLong(3);
                waiting.add("outbox: %d to topic %s%s"
                        .formatted(
                                rows.getLong(2),
                                rows.getString(1),
                                due == 0 ? "" : ", delayed, the first one until " + Instant.ofEpochMilli(due)));
            }
        }
    }

    /** One line for each. */
    List<String> parked() {
        return allParked().stream()
                .map(parked -> "outbox: one to topic %s is parked and goes nowhere by itself, %s"
                        .formatted(parked.row().message().topic(), parked.reason()))
                .toList();
    }

    /** Why a message is parked, if it is. */
    Optional<String> whyParked(UUID id) {
        return allParked().stream()
                .filter(parked -> parked.row().message().id().equals(id))
                .map(ParkedMessage::reason)
                .findFirst();
    }

    private List<ParkedMessage> allParked() {
        return store().map(outbox -> outbox.store().parked(MOST_PARKED)).orElse(List.of());
    }

    private Optional<JdbcOutbox> store() {
        return Optional.ofNullable(beans.getBeanProvider(JdbcOutbox.class).getIfAvailable());
    }

    private DataSource dataSource() {
        for (String name : beans.getBeanNamesForType(DataSource.class)) {
            if (beans.findAnnotationOnBean(name, ReliableMqDataSource.class) != null) {
                return beans.getBean(name, DataSource.class);
            }
        }
        return beans.getBean(DataSource.class);
    }
}
