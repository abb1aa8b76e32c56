package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
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
        table = LimitTable.createdIn(database);
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
        jdbc.update(
                LimitTable.INSERT + LimitTable.VALUES,
                "benchmark",
                ordered ? Keys.of(sequence) : null,
                Payloads.bytesOf(sequence));
    }

    /** The same, and learns the row's id. */
    public long insertForId(JdbcTemplate jdbc, int sequence, boolean ordered) {
        GeneratedKeyHolder keys = new GeneratedKeyHolder();
        jdbc.update(
                connection -> {
                    PreparedStatement statement =
                            connection.prepareStatement(LimitTable.INSERT + LimitTable.VALUES, new String[] {"id"});
                    statement.setString(1, "benchmark");
                    statement.setString(2, ordered ? Keys.of(sequence) : null);
                    statement.setBytes(3, Payloads.bytesOf(sequence));
                    return statement;
                },
                keys);
        return Objects.requireNonNull(keys.getKey(), "id").longValue();
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
        public void offer(long id, int sequence, boolean ordered) {
            relay.offer(new LimitTable.Row(id, ordered ? Keys.of(sequence) : null, sequence));
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
