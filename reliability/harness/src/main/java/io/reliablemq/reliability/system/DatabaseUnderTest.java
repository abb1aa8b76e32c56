package io.reliablemq.reliability.system;

import io.reliablemq.faults.process.Signal;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** The database as its administrator sees it, past all proxies. */
public final class DatabaseUnderTest {

    private static final String APPLICATION = "application";
    private static final Duration UP_WITHIN = Duration.ofSeconds(60);

    private final Database database;
    private final DatabaseServerProcess process;

    private DatabaseUnderTest(Database database, DatabaseServerProcess process) {
        this.database = database;
        this.process = process;
    }

    /** Creates one with the tables of the workload and a user who is no administrator. */
    public static DatabaseUnderTest create(TestDatabase vendor, int keys, Path log) throws SQLException, IOException {
        Database database = vendor.create();
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : new Tables(vendor, APPLICATION, connection.getCatalog()).statements(keys)) {
                statement.execute(sql);
            }
            Path pidFile = pidFile(vendor, statement);
            return new DatabaseUnderTest(database, DatabaseServerProcess.of(pidFile, log));
        }
    }

    public Connection connect() throws SQLException {
        return connect(database);
    }

    /** On the loopback address. */
    int port() {
        return URI.create(database.jdbcUrl().substring("jdbc:".length())).getPort();
    }

    /** The same database by another port, for the application. */
    String urlBy(int port) {
        return database.jdbcUrl().replaceFirst(":" + port() + "/", ":" + port + "/");
    }

    String username() {
        return APPLICATION;
    }

    public void kill() throws IOException {
        process.signal(Signal.KILL);
    }

    /** Returns when it takes writes again. */
    public void restart() throws IOException, InterruptedException {
        process.start();
        awaitUp();
    }

    /** In order, but without waiting for the application. */
    public void stop() throws IOException {
        process.stop(database.vendor() == TestDatabase.POSTGRESQL ? Signal.INT : Signal.TERM);
    }

    public void pause() throws IOException {
        process.signal(Signal.STOP);
    }

    public void goOn() throws IOException {
        process.signal(Signal.CONT);
    }

    /** For everybody but administrators. */
    public void readOnly(boolean on) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            if (database.vendor() == TestDatabase.POSTGRESQL) {
                statement.execute("alter system set default_transaction_read_only = " + (on ? "on" : "off"));
                statement.execute("select pg_reload_conf()");
            } else {
                statement.execute("set global read_only = " + (on ? "1" : "0"));
            }
        }
    }

    private void awaitUp() throws InterruptedException {
        long deadline = System.nanoTime() + UP_WITHIN.toNanos();
        while (true) {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("update account set seq = seq where name = 'none'");
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("The database is not up again after " + UP_WITHIN, e);
                }
            }
            Thread.sleep(100);
        }
    }

    private static Connection connect(Database database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    }

    private static Path pidFile(TestDatabase vendor, Statement statement) throws SQLException {
        boolean postgresql = vendor == TestDatabase.POSTGRESQL;
        try (ResultSet row = statement.executeQuery(postgresql ? "show data_directory" : "select @@pid_file")) {
            row.next();
            Path path = Path.of(row.getString(1));
            return postgresql ? path.resolve("postmaster.pid") : path;
        }
    }
}
