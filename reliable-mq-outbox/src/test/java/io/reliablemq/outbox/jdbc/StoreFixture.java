package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxStore.IdRange;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.testdatabases.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** One database with the tables of the outbox, and short words for what the tests do with it. */
final class StoreFixture {

    static final List<String> TABLES = List.of(
            "reliable_mq_outbox",
            "reliable_mq_outbox_parked",
            "reliable_mq_outbox_due",
            "reliable_mq_outbox_archive",
            "reliable_mq_outbox_audit",
            "reliable_mq_outbox_lane",
            "reliable_mq_outbox_node",
            "reliable_mq_outbox_setting",
            "reliable_mq_outbox_topic");

    final Database database;
    final DataSource dataSource;
    final JdbcOutbox outbox;
    final OutboxStore store;
    final LaneStore lanes;
    final OwnTransactions own;
    final JdbcTemplate jdbc;

    StoreFixture(Database database) {
        this.database = database;
        this.dataSource = database.dataSource(8);
        this.outbox = JdbcOutbox.on(dataSource);
        this.store = outbox.store();
        this.lanes = outbox.lanes();
        this.own = new OwnTransactions(dataSource, outbox.dialect());
        this.jdbc = new JdbcTemplate(dataSource);
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:" + outbox.dialect().scripts())
                .table("reliable_mq_outbox_history")
                .load()
                .migrate();
    }

    /** Settles into the archive. */
    OutboxStore archiving() {
        return outbox.archiving().store();
    }

    /** The process dies, or the connection breaks, when the transaction is to be committed. */
    DataSource dyingBeforeCommit() {
        return dyingAt((method, arguments) -> method.equals("commit"));
    }

    /** The same when a statement is to be prepared that begins so. */
    DataSource dyingBefore(String statement) {
        return dyingAt((method, arguments) ->
                method.equals("prepareStatement") && arguments[0].toString().startsWith(statement));
    }

    private DataSource dyingAt(BiPredicate<String, Object[]> fatal) {
        return connections(
                dataSource,
                connection -> proxy(Connection.class, connection, (method, arguments) -> {
                    if (fatal.test(method.getName(), arguments)) {
                        connection.rollback();
                        throw new SQLException("dies before the " + method.getName() + ", by the test");
                    }
                    return method.invoke(connection, arguments);
                }));
    }

    /** Told the name of each method that is called on a connection. */
    static DataSource observed(DataSource target, Consumer<String> told) {
        return connections(
                target,
                connection -> proxy(Connection.class, connection, (method, arguments) -> {
                    told.accept(method.getName());
                    return method.invoke(connection, arguments);
                }));
    }

    private static DataSource connections(DataSource target, UnaryOperator<Connection> around) {
        return proxy(DataSource.class, target, (method, arguments) -> {
            Object result = method.invoke(target, arguments);
            return result instanceof Connection connection ? around.apply(connection) : result;
        });
    }

    private interface Call {
        Object to(Method method, Object[] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, T target, Call call) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return call.to(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    long count(String table) {
        Long rows = jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Long.class);
        return rows == null ? 0 : rows;
    }

    /** The database's clock. */
    long now() {
        return own.statement("asking the time", session -> session.one(
                        "SELECT " + outbox.dialect().nowMs(), parameters -> {}, Columns::nextLong)
                .orElseThrow());
    }

    LaneClaim claim(int lane) {
        return claimed().stream()
                .filter(claim -> claim.lane() == lane)
                .findFirst()
                .orElseThrow();
    }

    /** All lanes that nobody has, for a new node. */
    Collection<LaneClaim> claimed() {
        lanes.layout(8);
        UUID node = UUID.randomUUID();
        lanes.join(node, "test", Duration.ofMinutes(1));
        return lanes.claim(node, 8);
    }

    void empty() {
        TABLES.forEach(table -> jdbc.update("DELETE FROM " + table));
    }

    OutboxRow written(int lane, OutgoingMessage message) {
        return written(List.of(new LaneMessage(lane, message))).get(0);
    }

    List<OutboxRow> written(List<LaneMessage> messages) {
        return transaction(TransactionDefinition.ISOLATION_DEFAULT).execute(status -> store.insert(messages));
    }

    TransactionTemplate transaction(int isolation) {
        TransactionTemplate template = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        template.setIsolationLevel(isolation);
        return template;
    }

    /** A connection of its own that is given back as the test leaves it, not as the pool would. */
    SingleConnectionDataSource bareConnection() {
        return new SingleConnectionDataSource(database.jdbcUrl(), database.username(), database.password(), true);
    }

    List<RowRef> allRefs(int... lanes) {
        return Arrays.stream(lanes)
                .boxed()
                .flatMap(lane -> store.scan(Map.of(lane, new IdRange(0, Long.MAX_VALUE)), 100_000).stream())
                .toList();
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs in another thread, which is not bound to this thread's transaction. */
    static <T> Future<T> elsewhere(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        // a thread of its own: those of the common pool may be too few for tests that wait for each other
        new Thread(task).start();
        return task;
    }

    /** Runs in another thread and must not have to wait for a lock of this one. */
    static <T> T unblocked(Callable<T> work) throws Exception {
        return elsewhere(work).get(4, TimeUnit.SECONDS);
    }

    static OutgoingMessage message(String topic) {
        return ordered(topic, null);
    }

    static OutgoingMessage ordered(String topic, String orderingKey) {
        UUID id = UUID.randomUUID();
        return new OutgoingMessage(
                id,
                topic,
                "tag",
                "key",
                orderingKey,
                "text/plain",
                id.toString().getBytes(StandardCharsets.UTF_8),
                Map.of(),
                1_700_000_000_123L,
                0);
    }
}
