package io.reliablemq.outbox.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The columns of one row of a result, in their order. */
final class Columns {

    private final ResultSet row;
    private final OutboxDialect dialect;
    private int index;

    Columns(ResultSet row, OutboxDialect dialect) {
        this.row = row;
        this.dialect = dialect;
    }

    int nextInt() throws SQLException {
        return row.getInt(++index);
    }

    long nextLong() throws SQLException {
        return row.getLong(++index);
    }

    boolean nextBoolean() throws SQLException {
        return row.getBoolean(++index);
    }

    String nextText() throws SQLException {
        return row.getString(++index);
    }

    @Nullable
    String nextTextOrNull() throws SQLException {
        return row.getString(++index);
    }

    byte[] nextBytes() throws SQLException {
        return row.getBytes(++index);
    }

    UUID nextUuid() throws SQLException {
        return dialect.uuid(row, ++index);
    }
}
