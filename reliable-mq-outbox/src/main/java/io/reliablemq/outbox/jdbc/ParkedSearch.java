package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.OutboxOperations.Parked;
import io.reliablemq.outbox.OutboxOperations.ParkedMessage;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.RowRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What operators look for in the parked table. Reads without locks. */
final class ParkedSearch {

    private static final String PARKED = OutboxDialect.PARKED;

    private final OutboxDialect dialect;

    ParkedSearch(OutboxDialect dialect) {
        this.dialect = dialect;
    }

    List<ParkedMessage> page(Parked which, @Nullable ParkedMessage after, int limit, Session session)
            throws SQLException {
        long row = after == null ? -1 : after.row();
        int lane = after == null ? -1 : after.lane();
        return session.query(
                "SELECT id, lane, message_id, topic, tag, message_key, ordering_key, content_type, "
                        + OutboxDialect.bytesOf("payload") + ", headers, reason, parked_at_ms, unsent FROM " + PARKED
                        + " WHERE (id > ? OR (id = ? AND lane > ?))" + conditions(which) + " ORDER BY id, lane LIMIT ?",
                parameters -> parameters
                        .add(row)
                        .add(row)
                        .add(lane)
                        .add(values(which))
                        .add(limit),
                ParkedSearch::message);
    }

    private static ParkedMessage message(Columns columns) throws SQLException {
        long row = columns.nextLong();
        int lane = columns.nextInt();
        UUID id = columns.nextUuid();
        return new ParkedMessage(
                id,
                columns.nextText(),
                columns.nextTextOrNull(),
                columns.nextTextOrNull(),
                columns.nextTextOrNull(),
                columns.nextText(),
                columns.nextInt(),
                MessageColumns.headers(new RowRef(lane, row, id), columns.nextText()),
                columns.nextText(),
                columns.nextLong(),
                columns.nextBoolean(),
                lane,
                row);
    }

    long count(Parked which, Session session) throws SQLException {
        return session.one(
                        "SELECT COUNT(*) FROM " + PARKED + " WHERE 1 = 1" + conditions(which),
                        values(which),
                        Columns::nextLong)
                .orElseThrow();
    }

    /** In the order in which they will go. */
    List<RowRef> references(Parked which, int limit, Session session) throws SQLException {
        return session.query(
                "SELECT " + MessageColumns.REFERENCE + " FROM " + PARKED + " WHERE 1 = 1" + conditions(which)
                        + " ORDER BY id, lane LIMIT ?",
                parameters -> parameters.add(values(which)).add(limit),
                MessageColumns::reference);
    }

    /** A parked message, and whether it is certain that no broker has it. */
    record Found(OutboxRow row, boolean unsent) {

        RowRef ref() {
            return row.ref();
        }

        OutgoingMessage message() {
            return row.message();
        }
    }

    Optional<Found> find(UUID messageId, Session session) throws SQLException {
        return session.one(
                "SELECT " + MessageColumns.ALL + ", unsent FROM " + PARKED + " WHERE message_id = ? ORDER BY id",
                parameters -> parameters.add(messageId),
                columns -> new Found(MessageColumns.row(columns), columns.nextBoolean()));
    }

    /** Those that have an earlier message of their key in the table which is not among the given ones. */
    List<RowRef> blocked(List<RowRef> rows, Session session) throws SQLException {
        record Key(int lane, String topic, String orderingKey) {}
        record Ordered(RowRef ref, Key key, long earlier) {}
        List<Ordered> ordered = new ArrayList<>();
        for (RowMatch match : RowMatch.parked(rows, dialect)) {
            ordered.addAll(session.query(
                    "SELECT " + MessageColumns.REFERENCE + ", topic, ordering_key, (SELECT COUNT(*)"
                            + ParkedRows.earlierParked(PARKED) + ")" + match.rows(PARKED, dialect)
                            + " AND ordering_key IS NOT NULL",
                    match.binding(),
                    columns -> {
                        RowRef ref = MessageColumns.reference(columns);
                        return new Ordered(
                                ref, new Key(ref.lane(), columns.nextText(), columns.nextText()), columns.nextLong());
                    }));
        }
        ordered.sort((a, b) -> Long.compare(a.ref().id(), b.ref().id()));
        Map<Key, Long> before = new HashMap<>();
        List<RowRef> blocked = new ArrayList<>();
        for (Ordered one : ordered) {
            if (one.earlier() > before.merge(one.key(), 1L, Long::sum) - 1) {
                blocked.add(one.ref());
            }
        }
        return blocked;
    }

    private static String conditions(Parked which) {
        return (which.topic() == null ? "" : " AND topic = ?")
                + (which.orderingKey() == null ? "" : " AND ordering_key = ?")
                + (which.messageId() == null ? "" : " AND message_id = ?")
                + (which.reason() == null
                        ? ""
                        : " AND (reason LIKE ? ESCAPE '!' OR EXISTS (SELECT 1" + ParkedRows.earlierParked(PARKED)
                                + " AND e.reason LIKE ? ESCAPE '!'))");
    }

    private static Session.Binding values(Parked which) {
        return parameters -> {
            if (which.topic() != null) {
                parameters.add(which.topic());
            }
            if (which.orderingKey() != null) {
                parameters.add(which.orderingKey());
            }
            if (which.messageId() != null) {
                parameters.add(which.messageId());
            }
            if (which.reason() != null) {
                String pattern = "%" + which.reason().replaceAll("([!%_])", "!$1") + "%";
                parameters.add(pattern).add(pattern);
            }
        };
    }
}
