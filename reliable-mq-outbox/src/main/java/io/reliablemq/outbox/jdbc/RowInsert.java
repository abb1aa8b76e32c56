package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.dao.DataRetrievalFailureException;

/**
 * Multi-row INSERTs that learn which row id each message got, by message id: no database promises that the order of the rows is
 * the order of the generated ids.
 */
final class RowInsert {

    /** 11 parameters per row; the lowest limit is PostgreSQL's 65,535. */
    static final int MAX_ROWS = 500;

    /** A driver may double the bytes by escaping, and MariaDB refuses packets above 16 MiB unless configured otherwise. */
    static final int MAX_WEIGHT = 4 << 20;

    private static final String INSERT =
            "INSERT INTO " + OutboxDialect.OUTBOX + " (" + MessageColumns.WITHOUT_ID + ") VALUES ";

    private final Session session;

    private RowInsert(Session session) {
        this.session = session;
    }

    /** A message with its headers as they are stored. */
    private record Encoded(int lane, OutgoingMessage message, String headers) {

        static Encoded of(LaneMessage message) {
            String headers = HeaderText.of(message.message().headers());
            ColumnLimits.check(message.message(), headers);
            return new Encoded(message.lane(), message.message(), headers);
        }

        int weight() {
            return message.weight() + headers.length();
        }
    }

    static List<OutboxRow> of(List<LaneMessage> messages, Session session) throws SQLException {
        List<Encoded> all = messages.stream().map(Encoded::of).toList();
        RowInsert insert = new RowInsert(session);
        List<OutboxRow> rows = new ArrayList<>(all.size());
        for (int from = 0; from < all.size(); ) {
            int to = endOfChunk(all, from);
            insert.chunk(all.subList(from, to), rows);
            from = to;
        }
        return rows;
    }

    /** Into the table of delayed messages, which has no ids to learn. */
    static void delayed(List<LaneMessage> messages, long handOverMs, Session session) throws SQLException {
        List<Encoded> all = messages.stream().map(Encoded::of).toList();
        for (int from = 0; from < all.size(); ) {
            int to = endOfChunk(all, from);
            List<Encoded> chunk = all.subList(from, to);
            String values = String.join(
                    ", ", Collections.nCopies(chunk.size(), MessageColumns.delayedValues(session.dialect())));
            session.update(
                    "INSERT INTO " + OutboxDialect.DUE + " (" + MessageColumns.WITHOUT_ID + ", move_at_ms) VALUES "
                            + values,
                    parameters -> bindDelayed(parameters, chunk, handOverMs));
            from = to;
        }
    }

    private static void bindDelayed(Parameters parameters, List<Encoded> chunk, long handOverMs) throws SQLException {
        for (Encoded one : chunk) {
            MessageColumns.bind(parameters, one.lane(), one.message(), one.headers());
            parameters.add(MessageColumns.delayMs(one.message()) - handOverMs);
        }
    }

    private static int endOfChunk(List<Encoded> all, int from) {
        int to = from + 1;
        long weight = all.get(from).weight();
        while (to < all.size() && to - from < MAX_ROWS) {
            weight += all.get(to).weight();
            if (weight > MAX_WEIGHT) {
                break;
            }
            to++;
        }
        return to;
    }

    private void chunk(List<Encoded> chunk, List<OutboxRow> rows) throws SQLException {
        Map<UUID, Encoded> byId = new HashMap<>();
        chunk.forEach(one -> byId.put(one.message().id(), one));
        List<RowRef> written = write(chunk);
        for (RowRef ref : written) {
            Encoded one = byId.remove(ref.messageId());
            if (one != null) {
                rows.add(new OutboxRow(ref, one.message()));
            }
        }
        if (written.size() != chunk.size() || !byId.isEmpty()) {
            throw new DataRetrievalFailureException("The INSERT of " + chunk.size() + " messages into "
                    + OutboxDialect.OUTBOX + " gave back " + written.size() + " row ids, none for " + byId.keySet()
                    + ": the transaction must roll back; look for a trigger on the table or message ids used twice");
        }
    }

    private List<RowRef> write(List<Encoded> chunk) throws SQLException {
        String insert = INSERT
                + chunk.stream()
                        .map(one -> MessageColumns.values(one.message(), session.dialect()))
                        .collect(Collectors.joining(", "));
        return switch (session.dialect()) {
            case POSTGRESQL, MARIADB -> returning(insert + " RETURNING " + MessageColumns.REFERENCE, chunk);
            case H2 -> returning("SELECT " + MessageColumns.REFERENCE + " FROM FINAL TABLE (" + insert + ")", chunk);
            case MYSQL -> withGeneratedKey(insert, chunk);
        };
    }

    private List<RowRef> returning(String sql, List<Encoded> chunk) throws SQLException {
        return session.query(sql, parameters -> bind(parameters, chunk), MessageColumns::reference);
    }

    private List<RowRef> withGeneratedKey(String insert, List<Encoded> chunk) throws SQLException {
        try (PreparedStatement statement =
                session.connection().prepareStatement(insert, Statement.RETURN_GENERATED_KEYS)) {
            bind(new Parameters(statement, session.dialect()), chunk);
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                if (!keys.next()) {
                    return List.of();
                }
                long first = keys.getLong(1);
                Encoded only = chunk.get(0);
                return chunk.size() == 1
                        ? List.of(new RowRef(only.lane(), first, only.message().id()))
                        : readBack(first, chunk);
            }
        }
    }

    /** MySQL tells the first generated id only. The others are above it, but need not follow each other. */
    private List<RowRef> readBack(long first, List<Encoded> chunk) throws SQLException {
        List<Integer> lanes = chunk.stream().map(Encoded::lane).distinct().toList();
        String sql = "SELECT " + MessageColumns.REFERENCE + " FROM "
                + session.dialect().byPrimaryKey(OutboxDialect.OUTBOX) + " WHERE lane IN ("
                + placeholders(lanes.size()) + ") AND id >= ? AND message_id IN (" + placeholders(chunk.size()) + ")";
        return session.query(
                sql,
                parameters -> {
                    for (int lane : lanes) {
                        parameters.add(lane);
                    }
                    parameters.add(first);
                    for (Encoded one : chunk) {
                        parameters.add(one.message().id());
                    }
                },
                MessageColumns::reference);
    }

    private static void bind(Parameters parameters, List<Encoded> chunk) throws SQLException {
        for (Encoded one : chunk) {
            MessageColumns.bind(parameters, one.lane(), one.message(), one.headers());
        }
    }

    static String placeholders(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }
}
