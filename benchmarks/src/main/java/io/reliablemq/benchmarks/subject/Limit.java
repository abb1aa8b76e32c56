package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.subject.LimitTable.Message;
import io.reliablemq.benchmarks.subject.LimitTable.Row;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.GeneratedKeyHolder;

/** What JDBC allows: the outbox that one would write by hand for one process that never fails. */
public final class Limit implements RelaySubject {

    public static final String NAME = "limit";

    private final BenchmarkDatabase database;
    private final DataSource dataSource;
    private final LimitTable table;

    /** Creates the table. */
    public Limit(BenchmarkDatabase database) {
        this.database = database;
        dataSource = database.pool(3);
        table = LimitTable.createdIn(database, LimitTable.NAME);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean ordersKeys() {
        return true;
    }

    @Override
    public String table() {
        return LimitTable.NAME;
    }

    @Override
    public void fill(int rows, boolean ordered) {
        database.empty(List.of(LimitTable.NAME));
        table.fill(dataSource, rows, ordered);
    }

    /** Writes one message on the connection that is bound to the current transaction. */
    public void insert(JdbcTemplate jdbc, int sequence, boolean ordered) {
        jdbc.update(table.insert(), statement -> table.bind(statement, 1, Message.of(sequence, ordered)));
    }

    /** The same, and learns the row's id. */
    public Written insertForId(JdbcTemplate jdbc, int sequence, boolean ordered) {
        Message message = Message.of(sequence, ordered);
        GeneratedKeyHolder keys = new GeneratedKeyHolder();
        jdbc.update(
                connection -> {
                    PreparedStatement statement = connection.prepareStatement(table.insert(), new String[] {"id"});
                    table.bind(statement, 1, message);
                    return statement;
                },
                keys);
        return new Written(new Row(Objects.requireNonNull(keys.getKey(), "id").longValue(), message));
    }

    /** A row whose transaction is not committed yet. */
    public static final class Written {

        private final Row row;

        private Written(Row row) {
            this.row = row;
        }
    }

    /** Starts a relay that sends what it is offered, without reading the table. */
    public Offers startWithOffers(IntFunction<CompletionStage<Void>> sender, boolean ordered) {
        LimitRelay relay = LimitRelay.offered(dataSource, table, sender, ordered);
        relay.start();
        return new Offers(relay);
    }

    /** A relay that is told of each committed row. */
    public static final class Offers implements AutoCloseable {

        private final LimitRelay relay;

        private Offers(LimitRelay relay) {
            this.relay = relay;
        }

        /** The row is committed. */
        public void offer(Written written) {
            relay.offer(written.row);
        }

        @Override
        public void close() {
            relay.close();
        }
    }

    @Override
    public Drain start(Deliveries deliveries, int rows, boolean ordered) {
        RowCount deleted = new RowCount(rows);
        LimitRelay relay = LimitRelay.reading(dataSource, table, deliveries::send, ordered, deleted);
        relay.start();
        return new Drain() {
            @Override
            public void awaitEmpty() throws InterruptedException {
                deleted.await();
            }

            @Override
            public void close() {
                relay.close();
            }
        };
    }
}
