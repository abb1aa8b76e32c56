package io.reliablemq.consumer.jdbc;

import io.reliablemq.consumer.ListenerConfigurationException;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;

/** The statements in which the databases differ. */
enum Dialect {
    H2(
            "cast(extract(epoch from current_timestamp) * 1000 as bigint)",
            "",
            "",
            "delete from %s where %s fetch first %d rows only",
            0),
    MYSQL(
            "timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000",
            "",
            "",
            "delete from %s where %s limit %d",
            Dialect.LOCK_SECONDS),
    /** The statement carries its own lock time-out: no timer in the driver and no second connection to kill it. */
    MARIADB(
            "timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000",
            "set statement innodb_lock_wait_timeout = " + Dialect.LOCK_SECONDS + " for ",
            "",
            "delete from %s where %s limit %d",
            0),
    /** A failed statement would abort the transaction, so a known key must not fail. */
    POSTGRESQL(
            "(extract(epoch from clock_timestamp()) * 1000)::bigint",
            "",
            " on conflict do nothing",
            "delete from %1$s where ctid = any (array(select ctid from %1$s where %2$s order by %4$s limit %3$d for update skip locked))",
            Dialect.LOCK_SECONDS);

    private static final int LOCK_SECONDS = 2;

    private final String now;
    private final String beforeAdmission;
    private final String afterAdmission;
    private final String deleteSome;
    private final int queryTimeoutSeconds;

    Dialect(String now, String beforeAdmission, String afterAdmission, String deleteSome, int queryTimeoutSeconds) {
        this.now = now;
        this.beforeAdmission = beforeAdmission;
        this.afterAdmission = afterAdmission;
        this.deleteSome = deleteSome;
        this.queryTimeoutSeconds = queryTimeoutSeconds;
    }

    /** MariaDB behind MySQL's driver says product "MySQL" and gives itself away in the version. */
    static Dialect of(DatabaseMetaData metaData) throws SQLException {
        String product = metaData.getDatabaseProductName();
        String name = (product + " " + metaData.getDatabaseProductVersion()).toLowerCase(Locale.ROOT);
        if (name.contains("mariadb")) {
            return MARIADB;
        }
        return switch (product) {
            case "H2" -> H2;
            case "MySQL" -> MYSQL;
            case "PostgreSQL" -> POSTGRESQL;
            default ->
                throw new ListenerConfigurationException("The inbox's database is " + product
                        + ", which is not supported: use MySQL, MariaDB, PostgreSQL or H2");
        };
    }

    /** Whether no savepoint is left after the database has rolled a transaction back underneath its user. */
    boolean forgetsSavepoints() {
        return this == MYSQL || this == MARIADB;
    }

    /** Milliseconds since the epoch, whatever the session's time zone. */
    String now() {
        return now;
    }

    /** Makes an insert that waits only shortly for another transaction with the same key. */
    String admit(String insert) {
        return beforeAdmission + insert + afterAdmission;
    }

    /**
     * @param age column of an index; PostgreSQL is told to go along it, since it reads the whole table otherwise as long as its
     *     statistics remember old rows that are purged by now
     */
    String deleteSome(String table, String condition, int limit, String age) {
        return deleteSome.formatted(table, condition, limit, age);
    }

    /** For the dedup insert; 0 where the lock time-out comes another way (H2's would stick to the connection). */
    int queryTimeoutSeconds() {
        return queryTimeoutSeconds;
    }
}
