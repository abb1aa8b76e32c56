package io.reliablemq.outbox.jdbc;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The parameters of a statement, in their order. */
final class Parameters {

    private final PreparedStatement statement;
    private final OutboxDialect dialect;
    private int index;

    Parameters(PreparedStatement statement, OutboxDialect dialect) {
        this.statement = statement;
        this.dialect = dialect;
    }

    Parameters add(long value) throws SQLException {
        statement.setLong(++index, value);
        return this;
    }

    Parameters add(int value) throws SQLException {
        statement.setInt(++index, value);
        return this;
    }

    Parameters add(@Nullable String value) throws SQLException {
        statement.setString(++index, value);
        return this;
    }

    Parameters add(byte[] value) throws SQLException {
        statement.setBytes(++index, value);
        return this;
    }

    Parameters add(UUID value) throws SQLException {
        dialect.bind(statement, ++index, value);
        return this;
    }

    /** @param type PostgreSQL's name of the elements' type */
    Parameters add(String type, Object[] values) throws SQLException {
        Array array = statement.getConnection().createArrayOf(type, values);
        statement.setArray(++index, array);
        return this;
    }

    Parameters add(Session.Binding more) throws SQLException {
        more.bind(this);
        return this;
    }
}
