package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The table of the hand-written outbox: no more columns than a message needs, one index.
 *
 * @param arrays whether a DELETE can take its ids as one array
 */
record LimitTable(boolean arrays) {

    static final String NAME = "limit_outbox";

    static final String INSERT = "INSERT INTO " + NAME + " (topic, ordering_key, payload) VALUES ";

    static final String VALUES = "(?, ?, ?)";

    private static final String READ =
            "SELECT id, ordering_key, payload FROM " + NAME + " WHERE id > ? ORDER BY id LIMIT ?";
    private static final int BATCH = 500;

    /** A row that is to be sent. */
    record Row(long id, @Nullable String key, int sequence) {}

    static LimitTable createdIn(BenchmarkDatabase database) {
        boolean postgreSql = database.isPostgreSql();
        database.execute("CREATE TABLE " + NAME + " (id BIGINT "
                + (postgreSql ? "GENERATED ALWAYS AS IDENTITY" : "NOT NULL AUTO_INCREMENT")
                + " PRIMARY KEY, topic VARCHAR(255) NOT NULL, ordering_key VARCHAR(255), payload "
                + (postgreSql ? "BYTEA" : "LONGBLOB") + " NOT NULL)");
        return new LimitTable(postgreSql);
    }

    void fill(DataSource dataSource, int rows, boolean ordered) {
        try (Connection connection = dataSource.getConnection()) {
            for (int from = 0; from < rows; from += BATCH) {
                insert(connection, from, Math.min(rows, from + BATCH), ordered);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The backlog was not written", e);
        }
    }

    private static void insert(Connection connection, int from, int to, boolean ordered) throws SQLException {
        String sql = INSERT + String.join(", ", Collections.nCopies(to - from, VALUES));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 1;
            for (int sequence = from; sequence < to; sequence++) {
                statement.setString(index++, "benchmark");
                statement.setString(index++, ordered ? Keys.of(sequence) : null);
                statement.setBytes(index++, Payloads.bytesOf(sequence));
            }
            statement.executeUpdate();
        }
    }

    static PreparedStatement prepareRead(Connection connection) throws SQLException {
        return connection.prepareStatement(READ);
    }

    static List<Row> read(PreparedStatement statement, long after, int limit) throws SQLException {
        statement.setLong(1, after);
        statement.setInt(2, limit);
        List<Row> rows = new ArrayList<>(limit);
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(new Row(result.getLong(1), result.getString(2), Payloads.sequence(result.getBytes(3))));
            }
        }
        return rows;
    }

    /** One statement, committed by itself; returns how many rows were there. */
    int delete(Connection connection, List<Long> ids) throws SQLException {
        String where = arrays
                ? "= ANY (?)"
                : "IN (" + ids.stream().map(String::valueOf).collect(Collectors.joining(",")) + ")";
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM " + NAME + " WHERE id " + where)) {
            if (arrays) {
                statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            }
            return statement.executeUpdate();
        }
    }
}
