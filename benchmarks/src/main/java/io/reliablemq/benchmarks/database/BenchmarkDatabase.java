package io.reliablemq.benchmarks.database;

import com.zaxxer.hikari.HikariDataSource;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * One database of a run, on a server with its default durability, and the few statements that every scenario needs.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class BenchmarkDatabase implements AutoCloseable {

    private static final long POLL_NANOS = 500_000;

    private final Database database;
    private final JdbcTemplate jdbc;

    private BenchmarkDatabase(Database database) {
        this.database = database;
        this.jdbc = new JdbcTemplate(database.dataSource(2));
    }

    /** Starts the server when this is its first database. */
    public static BenchmarkDatabase create(TestDatabase vendor) {
        System.setProperty("reliable-mq.databases.durable", "true");
        return new BenchmarkDatabase(vendor.create());
    }

    /** An empty one on the same server. */
    public BenchmarkDatabase another() {
        return create(database.vendor());
    }

    /** The same in another JVM; {@link #arguments()} of the first tells what to pass. */
    public static BenchmarkDatabase existing(String vendor, String url, String username, String password) {
        return new BenchmarkDatabase(new Database(TestDatabase.valueOf(vendor), url, username, password));
    }

    /** What {@link #existing} needs. */
    public List<String> arguments() {
        return List.of(database.vendor().name(), database.jdbcUrl(), database.username(), database.password());
    }

    /** As it is named in the results. */
    public String name() {
        return database.vendor().tag();
    }

    public boolean isPostgreSql() {
        return database.vendor() == TestDatabase.POSTGRESQL;
    }

    /** A new pool; {@link #close()} closes it. */
    public HikariDataSource pool(int connections) {
        return database.dataSource(connections);
    }

    /** The server's version and what its commits survive, read from the server. */
    public String description() {
        String version = query("SELECT version()");
        return isPostgreSql()
                ? version.split(" on ", 2)[0] + ", fsync=" + query("SHOW fsync") + ", synchronous_commit="
                        + query("SHOW synchronous_commit")
                : name() + " " + version + ", innodb_flush_log_at_trx_commit="
                        + query("SELECT @@innodb_flush_log_at_trx_commit");
    }

    public void execute(String sql) {
        jdbc.execute(sql);
    }

    public void empty(List<String> tables) {
        tables.forEach(table -> jdbc.execute("TRUNCATE TABLE " + table));
    }

    public boolean isEmpty(String table) {
        return jdbc.queryForList("SELECT 1 FROM " + table + " LIMIT 1").isEmpty();
    }

    /**
     * Waits until the table has no rows, for relays that do not say so.
     *
     * @throws IllegalStateException when there are some after the time
     */
    public void awaitEmpty(String table, long timeout, TimeUnit unit) {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        while (!isEmpty(table)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(table + " still has rows after " + timeout + " " + unit);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * What clients have asked of the server since its start: PostgreSQL counts transactions of this database, also those of a single
     * statement, the others what drivers send to the whole server.
     */
    public long requests() {
        if (isPostgreSql()) {
            return Long.parseLong(query(
                    "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"));
        }
        Object questions =
                jdbc.queryForMap("SHOW GLOBAL STATUS LIKE 'Questions'").get("Value");
        return Long.parseLong(String.valueOf(questions));
    }

    /** Brings what was prepared to the disk, and statistics up to date, so that neither happens while the clock runs. */
    public void settle(String table) {
        if (isPostgreSql()) {
            jdbc.execute("VACUUM ANALYZE " + table);
            jdbc.execute("CHECKPOINT");
        } else {
            jdbc.execute("ANALYZE TABLE " + table);
        }
    }

    @Override
    public void close() {
        database.close();
    }

    private String query(String sql) {
        return String.valueOf(jdbc.queryForObject(sql, String.class));
    }
}
