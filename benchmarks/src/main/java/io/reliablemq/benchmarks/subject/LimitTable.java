package io.reliablemq.benchmarks.subject;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.load.Keys;
import io.reliablemq.benchmarks.load.Payloads;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The table of the hand-written outbox: the message that a relay has to send, column by column, and one index.
 *
 * @param postgreSql whether there are UUIDs, and a DELETE can take its ids as one array
 */
record LimitTable(String name, boolean postgreSql) {

    static final String NAME = "limit_outbox";

    private static final String COLUMNS =
            "message_id, topic, tag, message_key, ordering_key, content_type, payload, headers, created_at_ms";
    private static final String VALUES = "(?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String NO_HEADERS = "{}";
    private static final int BATCH = 500;

    /** What is handed to the sender. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Message(
            UUID id,
            String topic,
            @Nullable String tag,
            @Nullable String key,
            @Nullable String orderingKey,
            String contentType,
            byte[] payload,
            String headers,
            long createdAtMs) {

        static Message of(int sequence, boolean ordered) {
            return new Message(
                    UUID.randomUUID(),
                    "benchmark",
                    null,
                    null,
                    ordered ? Keys.of(sequence) : null,
                    "application/json",
                    Payloads.bytesOf(sequence),
                    NO_HEADERS,
                    System.currentTimeMillis());
        }

        int sequence() {
            return Payloads.sequence(payload);
        }
    }

    /** A row that is to be sent. */
    record Row(long id, Message message) {}

    static LimitTable existingIn(BenchmarkDatabase database, String name) {
        return new LimitTable(name, database.isPostgreSql());
    }

    static LimitTable createdIn(BenchmarkDatabase database, String name) {
        LimitTable table = existingIn(database, name);
        database.execute("CREATE TABLE " + name + " (id BIGINT "
                + table.type("GENERATED ALWAYS AS IDENTITY", "NOT NULL AUTO_INCREMENT") + " PRIMARY KEY, message_id "
                + table.type("UUID", "BINARY(16)") + " NOT NULL, topic VARCHAR(255) NOT NULL, tag VARCHAR(255),"
                + " message_key VARCHAR(255), ordering_key VARCHAR(255), content_type VARCHAR(255) NOT NULL, payload "
                + table.type("BYTEA", "LONGBLOB") + " NOT NULL, headers TEXT NOT NULL, created_at_ms BIGINT NOT NULL)");
        return table;
    }

    private String type(String onPostgreSql, String elsewhere) {
        return postgreSql ? onPostgreSql : elsewhere;
    }

    String insert() {
        return "INSERT INTO " + name + " (" + COLUMNS + ") VALUES " + VALUES;
    }

    /** In transactions of a few hundred, committed by the driver. */
    void fill(DataSource dataSource, int[] sequences, boolean ordered) {
        try (Connection connection = dataSource.getConnection()) {
            for (int from = 0; from < sequences.length; from += BATCH) {
                insert(
                        connection,
                        Arrays.copyOfRange(sequences, from, Math.min(sequences.length, from + BATCH)),
                        ordered);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The backlog was not written", e);
        }
    }

    private void insert(Connection connection, int[] sequences, boolean ordered) throws SQLException {
        String sql = insert() + (", " + VALUES).repeat(sequences.length - 1);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 1;
            for (int sequence : sequences) {
                index = bind(statement, index, Message.of(sequence, ordered));
            }
            statement.executeUpdate();
        }
    }

    /** @return the index of the parameter that follows */
    int bind(PreparedStatement statement, int first, Message message) throws SQLException {
        int index = first;
        statement.setObject(index++, postgreSql ? message.id() : bytes(message.id()));
        statement.setString(index++, message.topic());
        statement.setString(index++, message.tag());
        statement.setString(index++, message.key());
        statement.setString(index++, message.orderingKey());
        statement.setString(index++, message.contentType());
        statement.setBytes(index++, message.payload());
        statement.setString(index++, message.headers());
        statement.setLong(index++, message.createdAtMs());
        return index;
    }

    PreparedStatement prepareRead(Connection connection) throws SQLException {
        return connection.prepareStatement(
                "SELECT id, " + COLUMNS + " FROM " + name + " WHERE id > ? ORDER BY id LIMIT ?");
    }

    List<Row> read(PreparedStatement statement, long after, int limit) throws SQLException {
        statement.setLong(1, after);
        statement.setInt(2, limit);
        List<Row> rows = new ArrayList<>(limit);
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(row(result));
            }
        }
        return rows;
    }

    private Row row(ResultSet result) throws SQLException {
        return new Row(
                result.getLong(1),
                new Message(
                        postgreSql ? result.getObject(2, UUID.class) : uuid(result.getBytes(2)),
                        result.getString(3),
                        result.getString(4),
                        result.getString(5),
                        result.getString(6),
                        result.getString(7),
                        result.getBytes(8),
                        result.getString(9),
                        result.getLong(10)));
    }

    /** One statement, committed by itself; returns how many rows were there. */
    int delete(Connection connection, List<Long> ids) throws SQLException {
        String where = postgreSql
                ? "= ANY (?)"
                : "IN (" + ids.stream().map(String::valueOf).collect(Collectors.joining(",")) + ")";
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM " + name + " WHERE id " + where)) {
            if (postgreSql) {
                statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            }
            return statement.executeUpdate();
        }
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
