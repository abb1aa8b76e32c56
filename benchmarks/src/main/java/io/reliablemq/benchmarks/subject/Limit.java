package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Deliveries;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.subject.LimitTable.Message;
import io.reliablemq.benchmarks.subject.LimitTable.Row;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.GeneratedKeyHolder;

/** What JDBC allows: the outbox that one would write by hand for one process that never fails. */
public final class Limit implements GrowingSubject, NodeSubject {

    public static final String NAME = "limit";

    private final BenchmarkDatabase database;
    private final DataSource dataSource;
    private final LimitTable table;

    /** Creates the table. */
    public Limit(BenchmarkDatabase database) {
        this(database, LimitTable.createdIn(database, LimitTable.NAME));
    }

    private Limit(BenchmarkDatabase database, LimitTable table) {
        this.database = database;
        this.table = table;
        dataSource = database.pool(3);
    }

    /** One of several processes, which share nothing: each has a table of its own. Creates it. */
    public static Limit share(BenchmarkDatabase database, int number) {
        return new Limit(database, LimitTable.createdIn(database, LimitTable.NAME + number));
    }

    /** The same in another process. */
    public static Limit existingShare(BenchmarkDatabase database, int number) {
        return new Limit(database, LimitTable.existingIn(database, LimitTable.NAME + number));
    }

    /** Leaves in the table what falls to this one of {@code shares}: every so many keys, or messages without order. */
    public void fillShare(int rows, boolean ordered, int number, int shares) {
        table.fill(dataSource, Keys.shareOf(rows, number, shares), ordered);
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
        return table.name();
    }

    @Override
    public void fill(int rows, boolean ordered) {
        database.empty(List.of(table.name()));
        table.fill(dataSource, IntStream.range(0, rows).toArray(), ordered);
    }

    @Override
    public void append(int rows) {
        table.fill(dataSource, IntStream.range(0, rows).toArray(), false);
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

    /** Starts a relay that reads the table when it is told of a committed row. */
    public Offers startWoken(IntFunction<CompletionStage<Void>> sender, boolean ordered) {
        LimitRelay relay = LimitRelay.woken(dataSource, table, sender, ordered);
        relay.start();
        return new Offers(relay, written -> relay.wake());
    }

    /** Starts a relay that sends what it is offered, without reading the table. */
    public Offers startWithOffers(IntFunction<CompletionStage<Void>> sender, boolean ordered) {
        LimitRelay relay = LimitRelay.offered(dataSource, table, sender, ordered);
        relay.start();
        return new Offers(relay, written -> relay.offer(written.row));
    }

    /** A relay that is told of each committed row. */
    public static final class Offers implements AutoCloseable {

        private final LimitRelay relay;
        private final Consumer<Written> tell;

        private Offers(LimitRelay relay, Consumer<Written> tell) {
            this.relay = relay;
            this.tell = tell;
        }

        /** The row is committed. */
        public void offer(Written written) {
            tell.accept(written);
        }

        @Override
        public void close() {
            relay.close();
        }
    }

    @Override
    public Drain start(Deliveries deliveries, int rows, boolean ordered) {
        RowCount count = new RowCount(rows);
        Running relay = run(deliveries, count::add, ordered);
        return new Drain() {
            @Override
            public void awaitEmpty() throws InterruptedException {
                count.await();
            }

            @Override
            public void close() {
                relay.close();
            }
        };
    }

    @Override
    public Running run(Deliveries deliveries, IntConsumer deleted, boolean ordered) {
        LimitRelay relay = LimitRelay.reading(dataSource, table, deliveries::send, ordered, deleted);
        relay.start();
        return relay::close;
    }
}
