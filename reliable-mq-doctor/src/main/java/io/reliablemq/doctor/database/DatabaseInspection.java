package io.reliablemq.doctor.database;

import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.doctor.facts.DatabaseFacts.Vendor;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Asks a database what it is like, on one connection, read only.
 *
 * <p><b>Transaction</b>: one of its own, rolled back. <b>Thread</b>: any. <b>Errors</b>: {@link SQLException} when it is away.
 */
public final class DatabaseInspection {

    private final DataSource dataSource;
    private final ExpectedTables tables;
    private final Duration timeout;

    /** @param timeout for each query */
    public DatabaseInspection(DataSource dataSource, ExpectedTables tables, Duration timeout) {
        this.dataSource = dataSource;
        this.tables = tables;
        this.timeout = timeout;
    }

    /** Asks now. */
    public DatabaseFacts inspect() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(Math.toIntExact(Math.max(1, timeout.toSeconds())));
                return inspect(connection, statement);
            } finally {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
            }
        }
    }

    private DatabaseFacts inspect(Connection connection, Statement statement) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        String product = metaData.getDatabaseProductName() + " " + metaData.getDatabaseProductVersion();
        Vendor vendor = vendor(product);
        // a first query may cost the making of a connection's state, which would count as uncertainty
        settings(vendor, statement);
        long before = System.currentTimeMillis();
        long began = System.nanoTime();
        long database = clock(vendor, statement, before);
        long took = (System.nanoTime() - began) / 1_000_000;
        return new DatabaseFacts(
                vendor,
                product.lines().findFirst().orElse(product),
                settings(vendor, statement),
                new Tables(connection, tables).missing(),
                Duration.ofMillis(database - before - took / 2),
                Duration.ofMillis(took / 2 + 1));
    }

    /** MariaDB through MySQL's driver says that it is MySQL, but for its version. */
    private static Vendor vendor(String product) {
        String lower = product.toLowerCase(Locale.ROOT);
        for (Vendor vendor : new Vendor[] {Vendor.MARIADB, Vendor.MYSQL, Vendor.POSTGRESQL, Vendor.H2}) {
            if (lower.contains(vendor.name().toLowerCase(Locale.ROOT))) {
                return vendor;
            }
        }
        return Vendor.OTHER;
    }

    private static Map<String, String> settings(Vendor vendor, Statement statement) throws SQLException {
        return switch (vendor) {
            case POSTGRESQL ->
                pairs(
                        statement,
                        "SELECT name, setting FROM pg_settings"
                                + " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')");
            case MYSQL, MARIADB ->
                pairs(
                        statement,
                        "SHOW GLOBAL VARIABLES WHERE Variable_name IN"
                                + " ('innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin')");
            case H2 -> h2(statement);
            case OTHER -> Map.of();
        };
    }

    private static Map<String, String> h2(Statement statement) throws SQLException {
        // 500 where nobody has set it
        Map<String, String> settings = new HashMap<>(Map.of("WRITE_DELAY", "500"));
        settings.putAll(pairs(
                statement,
                "SELECT SETTING_NAME, SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS"
                        + " WHERE SETTING_NAME = 'WRITE_DELAY'"));
        settings.putAll(pairs(statement, "SELECT 'PATH', DATABASE_PATH()"));
        return settings;
    }

    private static Map<String, String> pairs(Statement statement, String query) throws SQLException {
        Map<String, String> pairs = new HashMap<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                String value = rows.getString(2);
                if (value != null) {
                    pairs.put(rows.getString(1), value);
                }
            }
        }
        return pairs;
    }

    private static long clock(Vendor vendor, Statement statement, long otherwise) throws SQLException {
        String query =
                switch (vendor) {
                    case POSTGRESQL -> "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)";
                    case MYSQL, MARIADB -> "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000";
                    case H2 -> "SELECT CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";
                    case OTHER -> "";
                };
        if (query.isEmpty()) {
            return otherwise;
        }
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
