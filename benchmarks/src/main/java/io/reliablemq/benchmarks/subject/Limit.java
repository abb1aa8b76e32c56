package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

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

    @Override
    public Drain start(Deliveries deliveries, int rows, boolean ordered) {
        RowCount deleted = new RowCount(rows);
        LimitRelay relay = new LimitRelay(dataSource, table, deliveries, ordered, deleted);
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
