package io.reliablemq.outbox.jdbc;

import java.nio.ByteBuffer;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.UUID;

/** The supported databases and what they want to be written differently. */
public enum OutboxDialect {
    H2,
    MYSQL,
    MARIADB,
    POSTGRESQL;

    static final String OUTBOX = "reliable_mq_outbox";
    static final String PARKED = "reliable_mq_outbox_parked";
    static final String DUE = "reliable_mq_outbox_due";
    static final String ARCHIVE = "reliable_mq_outbox_archive";

    /** Where on the class path the scripts {@code V*__*.sql} are that create the tables, without prefix or final slash. */
    public String scripts() {
        return "db/reliable-mq/outbox/" + name().toLowerCase(Locale.ROOT);
    }

    static OutboxDialect of(DatabaseMetaData metaData) throws SQLException {
        return of(metaData.getDatabaseProductName(), metaData.getDatabaseProductVersion());
    }

    static OutboxDialect of(String product, String version) {
        String name = product.toLowerCase(Locale.ROOT);
        // MySQL's own driver calls a MariaDB server "MySQL" and gives it away in the version only
        if (name.contains("mariadb") || version.toLowerCase(Locale.ROOT).contains("mariadb")) {
            return MARIADB;
        }
        return switch (name) {
            case "h2" -> H2;
            case "mysql" -> MYSQL;
            case "postgresql" -> POSTGRESQL;
            default ->
                throw new IllegalStateException("The outbox does not support the database " + product + " " + version
                        + ": use H2, MySQL, MariaDB or PostgreSQL, or implement OutboxStore and LaneStore for it");
        };
    }

    /** SQL for the database's clock, in milliseconds since the epoch, whatever the time zone of session and driver. */
    String nowMs() {
        return switch (this) {
            case H2 -> "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";
            case MYSQL, MARIADB -> "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)";
            case POSTGRESQL -> "CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)";
        };
    }

    /**
     * A table as the target of reads and deletes by its key. Left alone, MySQL scans a small table instead, and a DELETE
     * that scans waits for the rows that open business transactions have just inserted (tried: 30 ids, lock wait time-out).
     */
    String byPrimaryKey(String table) {
        return byIndex(table, "PRIMARY");
    }

    String byIndex(String table, String index) {
        return isMySqlFamily() ? table + " FORCE INDEX (" + index + ")" : table;
    }

    String deleteByPrimaryKey(String table) {
        // only the multi-table form takes an index hint
        return isMySqlFamily() ? "DELETE " + table + " FROM " + byPrimaryKey(table) : "DELETE FROM " + table;
    }

    /**
     * Deletes the rows with one of so many keys. MySQL scans a table of which it is to delete a third, whatever index it is told to
     * use, and then waits for the rows that open transactions have just inserted (tried: 38 lock waits in 2,000 transactions). A
     * join it cannot turn round.
     *
     * @param key the primary key
     * @param type of the key, for MySQL's CAST
     */
    String deleteListed(String table, String key, String type, int keys) {
        if (!isMySqlFamily()) {
            return "DELETE FROM " + table + " WHERE " + key + " IN (" + RowInsert.placeholders(keys) + ")";
        }
        String one = "CAST(? AS " + type + ")";
        return "DELETE " + table + " FROM (SELECT " + one + " AS listed" + (" UNION ALL SELECT " + one).repeat(keys - 1)
                + ") AS list STRAIGHT_JOIN " + byPrimaryKey(table) + " ON " + table + "." + key + " = list.listed";
    }

    /**
     * A condition that is true, and makes the commit of the statement's transaction wait for no disk and no replica, where that can be
     * asked for: for a deletion that a crash may undo. Evaluated once.
     */
    String withoutWaitingForTheDisk() {
        return this == POSTGRESQL ? " AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'" : "";
    }

    /** SQL for the length of a column of bytes. */
    static String bytesOf(String column) {
        return "OCTET_LENGTH(" + column + ")";
    }

    boolean isMySqlFamily() {
        return this == MYSQL || this == MARIADB;
    }

    void bind(PreparedStatement statement, int index, UUID id) throws SQLException {
        if (isMySqlFamily()) {
            statement.setBytes(
                    index,
                    ByteBuffer.allocate(16)
                            .putLong(id.getMostSignificantBits())
                            .putLong(id.getLeastSignificantBits())
                            .array());
        } else {
            statement.setObject(index, id);
        }
    }

    UUID uuid(ResultSet row, int index) throws SQLException {
        if (isMySqlFamily()) {
            ByteBuffer bytes = ByteBuffer.wrap(row.getBytes(index));
            return new UUID(bytes.getLong(), bytes.getLong());
        }
        return row.getObject(index, UUID.class);
    }
}
