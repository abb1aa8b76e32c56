package io.reliablemq.benchmarks.consume;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** What a message does to the business: one row is inserted and another one updated. */
public final class Effects {

    private static final int ACCOUNTS = 10_000;
    /** Neighbouring messages are not of neighbouring accounts. */
    private static final int STRIDE = 7_919;

    private static final String ENTRY = "benchmark_entry";
    private static final String ACCOUNT = "benchmark_account";
    private static final int CONNECTIONS = 40;
    private static final String INSERT =
            "INSERT INTO " + ENTRY + " (message, account, customer, amount) VALUES (?, ?, ?, ?)";
    private static final String UPDATE = "UPDATE " + ACCOUNT + " SET entries = entries + 1 WHERE id = ?";

    private final BenchmarkDatabase database;
    private final DataSource dataSource;
    private final JdbcTemplate jdbc;
    private long expectedBalance;

    /** Creates the tables. */
    public Effects(BenchmarkDatabase database) {
        this.database = database;
        dataSource = database.pool(CONNECTIONS);
        jdbc = new JdbcTemplate(dataSource);
        database.execute("CREATE TABLE " + ENTRY + " (id BIGINT "
                + (database.isPostgreSql() ? "GENERATED ALWAYS AS IDENTITY" : "NOT NULL AUTO_INCREMENT")
                + " PRIMARY KEY, message BIGINT NOT NULL, account INT NOT NULL, customer VARCHAR(64) NOT NULL,"
                + " amount DECIMAL(12, 2) NOT NULL)");
        database.execute("CREATE TABLE " + ACCOUNT + " (id INT NOT NULL PRIMARY KEY, entries BIGINT NOT NULL)");
        jdbc.batchUpdate(
                "INSERT INTO " + ACCOUNT + " (id, entries) VALUES (?, 0)",
                IntStream.range(0, ACCOUNTS).mapToObj(id -> new Object[] {id}).toList());
        database.settle(ACCOUNT);
    }

    /** What the payload says. */
    public record Order(long sequence, String customer, BigDecimal amount) {}

    /** Works on the connection of the current transaction. */
    void apply(Order order) {
        jdbc.update(INSERT, entry(order));
        jdbc.update(UPDATE, account(order));
    }

    /** The same with two batches of statements. */
    void applyAll(List<Order> orders) {
        jdbc.batchUpdate(INSERT, orders.stream().map(Effects::entry).toList());
        jdbc.batchUpdate(
                UPDATE,
                orders.stream().map(order -> new Object[] {account(order)}).toList());
    }

    private static Object[] entry(Order order) {
        return new Object[] {order.sequence(), account(order), order.customer(), order.amount()};
    }

    private static int account(Order order) {
        return (int) (order.sequence() * STRIDE % ACCOUNTS);
    }

    DataSource dataSource() {
        return dataSource;
    }

    JdbcTemplate jdbc() {
        return jdbc;
    }

    DataSourceTransactionManager transactionManager() {
        return new DataSourceTransactionManager(dataSource);
    }

    /**
     * Forgets them, after a check.
     *
     * @throws IllegalStateException when there are not as many, each of another message, and as many in the accounts
     */
    public void verify(long expected) {
        Map<String, Object> entries =
                jdbc.queryForMap("SELECT COUNT(*) AS n, COUNT(DISTINCT message) AS messages FROM " + ENTRY);
        expectedBalance += expected;
        Long balance = jdbc.queryForObject("SELECT SUM(entries) FROM " + ACCOUNT, Long.class);
        long rows = ((Number) Objects.requireNonNull(entries.get("n"))).longValue();
        long messages = ((Number) Objects.requireNonNull(entries.get("messages"))).longValue();
        if (rows != expected || messages != expected || !Objects.equals(balance, expectedBalance)) {
            throw new IllegalStateException(expected + " messages were acknowledged, but there are " + rows
                    + " effects of " + messages + " messages, and the accounts have " + balance + " of all "
                    + expectedBalance);
        }
        database.empty(List.of(ENTRY));
    }
}
